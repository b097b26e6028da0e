"""The page on which a member deletes their account: what happens, the password, the name typed out."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import ConflictError, ForbiddenError
from app.lifecycle import leaving
from app.web import forms, reasons, sessions

blueprint = sessions.guard(Blueprint("leaving", __name__))
blueprint.after_request(sessions.keep_nowhere)


@blueprint.get("/settings/leaving")
@sessions.signed_in
def page() -> str:
    """What it means, before it is done."""
    return render_template("leaving.html", wrong=None)


@blueprint.post("/settings/leaving")
@sessions.signed_in
def leave() -> str | tuple[str, int] | Response:
    """Delete the account; there is no second question and no way back."""
    me = sessions.required()
    if forms.line("name").removeprefix("@").lower() != me.username:
        return render_template("leaving.html", wrong=_("Type your name as it stands above")), 422
    try:
        leaving.leave(services(), me.id, forms.secret("password"))
    except (ForbiddenError, ConflictError) as error:
        return render_template("leaving.html", wrong=reasons.of(error)), error.status
    sessions.sign_out()
    text = _("Nothing of yours is shown any more, and other servers are being told to delete what they have.")
    return render_template("message.html", heading=_("Your account is deleted"), text=text)
