"""A case's text in the reader's language, when they ask for it."""

from __future__ import annotations

from flask import redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import translating
from app.stores import translations
from app.stores.translations import Shown
from app.translating.values import TranslationError
from app.web import pages, sessions
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
        pages.tell("out", error.text)
        return redirect(f"/review/case/{number}")
    return redirect(f"/review/case/{number}#translation")


def offered(session: Session, view: CaseView) -> bool:
    """Whether there is a translator, something that may go to it, and a language that isn't the reader's."""
    if services().translator is None or (view.detail.case.language or "")[:2] == pages.language():
        return False
    return translating.may_be(session, view.detail.case.id, view.snapshot)


def shown(view: CaseView) -> Shown | None:
    """What the reader had translated of the version that stands on the page."""
    found = translations.of(services().redis, view.detail.case.id, sessions.required().username)
    return found if found is not None and view.snapshot is not None and found.snapshot == view.snapshot.id else None
