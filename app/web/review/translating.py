"""A case's text in the reader's language, when they ask for it."""

from __future__ import annotations

from flask import redirect
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import RateLimitedError
from app.reviewing import translating
from app.stores import translations
from app.stores.translations import Shown
from app.translating.values import TranslationError, bare_language
from app.web import pages, reasons, sessions
from app.web.review import frame
from app.web.review.showing import CaseView

blueprint = frame.blueprint("translating")


@blueprint.post("/case/<int:number>/translate")
@sessions.at_least(Role.TRAINEE)
def translate(number: int) -> Response:
    """Have it translated, and back to the case."""
    try:
        translating.ask(services(), frame.account(), number, pages.language())
    except TranslationError as error:
        return _back(number, reasons.of(error))
    except RateLimitedError:
        return _back(number, _("You asked for many translations lately. Try it again later."))
    return redirect(f"/review/case/{number}#translation")


def _back(number: int, words: str) -> Response:
    pages.tell("out", words)
    return redirect(f"/review/case/{number}")


def offered(session: Session, view: CaseView) -> bool:
    """Whether there is a translator, something that may go to it, and a language that isn't the reader's."""
    if services().translator is None or bare_language(view.detail.case.language or "") == pages.language():
        return False
    return translating.may_be(session, view.detail.case.id, view.snapshot)


def shown(view: CaseView) -> Shown | None:
    """What the reader had translated of the version that stands on the page."""
    found = translations.of(services().redis, view.detail.case.id, sessions.required().username)
    return found if found is not None and view.snapshot is not None and found.snapshot == view.snapshot.id else None
