"""The admin's words around terms and privacy, and the switch for the text model on private messages."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.errors import InvalidError
from app.notifications import languages
from app.reviewing import people, ruling
from app.terms import own, wording
from app.web import forms, pages, reasons, sessions
from app.web.review import frame
from moderation.policy import store

blueprint = frame.blueprint("terms")
Answer = str | tuple[str, int] | Response


@blueprint.get("/terms")
@sessions.at_least(Role.ADMIN)
def words() -> str:
    """What stands around them now."""
    with services().db.read() as session:
        return _page(own.texts(session))


@blueprint.post("/terms")
@sessions.at_least(Role.ADMIN)
def change() -> Answer:
    """Other words."""
    wanted = {name: forms.text(name, own.LONGEST + 1) for name in own.NAMES}
    try:
        own.change(services(), wanted, people.name_of(frame.account()))
    except InvalidError as error:
        return _page(wanted, reasons.of(error)), 422
    pages.tell("in", _("Saved. The pages are made anew in a moment."))
    return redirect("/review/terms")


@blueprint.post("/terms/private")
@sessions.at_least(Role.ADMIN)
def private() -> Response:
    """Whether machines read the text of private messages."""
    wanted = forms.line("text_model", 3) == "on"
    ruling.read_private_messages(services(), frame.account(), wanted)
    if wanted:
        pages.tell("in", _("Machines read the text of private messages again. The privacy page says so, and why."))
    else:
        pages.tell("in", _("No machine reads the text of private messages any more. The privacy page says so."))
    return redirect("/review/terms")


def _page(typed: dict[str, str], error: str = "") -> str:
    with services().db.read() as session:
        policy = store.current(session)
    shipped = {locale: wording.private_basis(languages.translator(locale)) for locale in own.LANGUAGES}
    return render_template(
        "review/terms.html", typed=typed, error=error, reads=policy.private.text_model, shipped=shipped
    )
