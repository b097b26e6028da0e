"""What a press on a post does: like, boost, pin, each taken back, and a quote; and the short address of a post."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError
from app.posts import boosts, likes, pins, resolve
from app.quotes import allowing
from app.services import Services
from app.web import filters, sessions

blueprint = sessions.guard(Blueprint("acts", __name__))
_ACTS: Mapping[str, Callable[[Services, int, int], object]] = {
    "like": likes.like,
    "unlike": likes.unlike,
    "boost": boosts.boost,
    "unboost": boosts.unboost,
    "pin": pins.pin,
    "unpin": pins.unpin,
    "unquote": allowing.revoke,
}


@blueprint.post("/posts/<number>/<act>")
@sessions.signed_in
def do(number: str, act: str) -> Response:
    """Do it, and go back to where the button stood."""
    if act not in _ACTS:
        raise NotFoundError
    post_id = resolve.parse_id(number)
    _ACTS[act](services(), sessions.required().id, post_id)
    return redirect(f"{sessions.referring_path()}#post-{post_id}")


@blueprint.get("/posts/<number>")
def short(number: str) -> Response:
    """To the page of a post, by its id or one that it had before."""
    with services().db.read() as session:
        view = resolve.view(session, resolve.parse_id(number), sessions.viewer_id())
    return redirect(filters.permalink(view.post))
