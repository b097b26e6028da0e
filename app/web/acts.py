"""What a press on a post does: like, boost, pin, each taken back, and a quote; and the short address of a post."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError
from app.polls import votes
from app.polls.votes import CannotVoteError
from app.posts import boosts, likes, pins, resolve
from app.quotes import allowing
from app.services import Services
from app.web import filters, forms, pages, sessions

blueprint = sessions.guard(Blueprint("acts", __name__))
_MOST_CHOICES, _LONGEST_CHOICE = 100, 3
_ACTS: Mapping[str, Callable[[Services, int, int], object]] = {
    "like": likes.like,
    "unlike": likes.unlike,
    "boost": boosts.boost,
    "unboost": boosts.unboost,
    "pin": pins.pin,
    "unpin": pins.unpin,
    "unquote": allowing.revoke,
}


@blueprint.post("/posts/<number>/vote")
@sessions.signed_in
def vote(number: str) -> Response:
    """Vote in a post's poll, and go back to it."""
    post_id = resolve.parse_id(number)
    given = request.form.getlist("choice")[:_MOST_CHOICES]
    choices = [choice for one in given if (choice := forms.as_number(one, _LONGEST_CHOICE)) is not None]
    try:
        votes.vote(services(), sessions.required().id, post_id, choices)
    except CannotVoteError as error:
        pages.tell("note", _why_not(error))
    return redirect(f"{sessions.referring_path()}#post-{post_id}")


def _why_not(error: CannotVoteError) -> str:
    words = {
        "poll_over": _("This poll is over."),
        "poll_no_such_option": _("Choose something first."),
        "poll_voted_already": _("You have voted in this poll already."),
        "poll_own": _("You can’t vote in a poll of your own."),
    }
    return words.get(error.code, _("There is no poll to vote in."))


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
