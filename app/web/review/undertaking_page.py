"""The undertaking of confidentiality in a new version: read and signed anew by who signed an earlier one."""

from __future__ import annotations

from flask import redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.tables import Role
from app.current import services
from app.reviewing import people
from app.web import forms, pages, sessions
from app.web.review import frame
from app.workforce import undertaking
from moderation.errors import RefusedError
from moderation.workforce import undertakings

blueprint = frame.blueprint("undertaking")
Answer = str | tuple[str, int] | Response
PLACE = "/review/undertaking"


@blueprint.get("/undertaking")
@sessions.at_least(Role.TRAINEE)
def read() -> str:
    """The version in force, and what the reader signed of it."""
    return _page()


@blueprint.post("/undertaking")
@sessions.at_least(Role.TRAINEE)
def sign() -> Answer:
    """Sign it."""
    if not forms.ticked("read"):
        return _page(_("Tick that you have read the undertaking.")), 422
    by = people.require(frame.account(), people.LOOK)
    try:
        with services().db.write() as session:
            signed_as = forms.line("signed_as", 200)
            undertakings.sign(session, by, undertaking.text(pages.language()), signed_as, services().clock.now())
    except RefusedError:
        return _page(_("Sign with a name.")), 422
    pages.tell("in", _("Signed. Thank you."))
    return redirect("/review/start")


def _page(error: str = "") -> str:
    text, name = undertaking.text(pages.language()), sessions.required().username
    with services().db.read() as session:
        last = undertakings.last(session, name)
        owed = undertaking.is_owed(session, name)
    return render_template(
        "review/undertaking.html",
        version=text.version,
        parts=undertaking.parts(text),
        last=last,
        owed=owed,
        may_sign=owed or last is None,
        error=error,
        signed_as=forms.line("signed_as", 200) or (last.signed_as if last else ""),
    )
