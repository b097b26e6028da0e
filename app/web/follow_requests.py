"""Who asks to follow, and the answer."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError
from app.paging import Paging
from app.posts import resolve
from app.relationships import follow, relations
from app.web import pages, sessions

blueprint = sessions.guard(Blueprint("follow_requests", __name__))
_MOST = 80


@blueprint.get("/follow-requests")
@sessions.signed_in
def waiting() -> str:
    """Everybody who waits, newest first."""
    with services().db.read() as session:
        found = relations.requests(session, sessions.required().id, Paging(limit=_MOST))
    return render_template("follow-requests.html", actors=[one.actor for one in found])


@blueprint.post("/follow-requests/<number>/<answer>")
@sessions.signed_in
def decide(number: str, answer: str) -> Response:
    """Accept or decline."""
    me, follower_id = sessions.required(), resolve.parse_id(number)
    if answer == "accept":
        follow.accept(services(), me.id, follower_id)
        pages.tell("in", _("Accepted."))
    elif answer == "reject":
        follow.reject(services(), me.id, follower_id)
        pages.tell("note", _("Declined. They aren’t told."))
    else:
        raise NotFoundError
    return redirect("/follow-requests")
