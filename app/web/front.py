"""The front door, and the choice of a language for visitors."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from app.current import services
from app.timelines import public
from app.web import before_the_door, house, sessions, timelines

blueprint = sessions.guard(Blueprint("front", __name__))


@blueprint.get("/")
def door() -> str | Response:
    """What this is; members go home."""
    if sessions.member() is not None:
        return redirect("/home")
    page = None
    if house.is_open(services()):
        page = timelines.posts(lambda paging: public.page(services(), None, paging, local=True))
    with services().db.read() as session:
        closed = before_the_door.door(session)
    return render_template("front.html", page=page, closed=closed, trial=services().settings.trial)


@blueprint.get("/language/<code>")
def language(code: str) -> Response:
    """Remember it, and go back."""
    sessions.choose_language(code)
    return redirect(sessions.safe_path(request.args.get("next"), "/"))
