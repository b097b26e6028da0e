"""Who asks to quote one's posts, and the answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError
from app.posts import resolve
from app.quotes import requests
from app.web import pages, sessions

blueprint = sessions.guard(Blueprint("quote_requests", __name__))


@blueprint.get("/quote-requests")
@sessions.signed_in
def waiting() -> str:
    """Everything that waits, oldest first."""
    me = sessions.required()
    with services().db.read() as session:
        found = requests.waiting(session, me.id)
    return render_template("quote-requests.html", requests=found)


@blueprint.post("/quote-requests/<number>/<answer>")
@sessions.signed_in
def decide(number: str, answer: str) -> Response:
    """Allow or decline."""
    if answer not in ("allow", "decline"):
        raise NotFoundError
    requests.answer(services(), sessions.required().id, resolve.parse_id(number), allowed=answer == "allow")
    if answer == "allow":
        pages.tell("in", _("Allowed. You can take it back below the quote."))
    else:
        pages.tell("note", _("Declined. Their post stays, without yours in it."))
    return redirect("/quote-requests")
