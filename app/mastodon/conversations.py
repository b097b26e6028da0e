"""Private conversations, and conversations of which a member wants to hear no more."""

from __future__ import annotations

from flask import Response

from app import current
from app.conversations import marking, private
from app.mastodon import answers, blueprint, params, present, telling
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("conversations")


@api.get("/api/v1/conversations")
@bearer.require("read:statuses")
def conversations() -> Response:
    """Private ones, the one with the newest post first."""
    paging = params.paging(params.asked(), otherwise=20, most=40)
    with current.services().db.read() as session:
        found = private.page(session, bearer.account_id(), paging)
    return answers.page(telling.conversations(found), [each.last.post.id for each in found], paging)


@api.post("/api/v1/conversations/<public_id>/read")
@bearer.require("write:conversations")
def read(public_id: str) -> Response:
    """The member has read it."""
    found = private.read(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json(telling.conversations([found])[0])


@api.delete("/api/v1/conversations/<public_id>")
@bearer.require("write:conversations")
def put_away(public_id: str) -> Response:
    """Take it out of the list, until somebody writes again."""
    private.put_away(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.post("/api/v1/statuses/<public_id>/mute")
@bearer.require("write:mutes")
def mute(public_id: str) -> Response:
    """Hear no more of the conversation that it belongs to."""
    return _muted(public_id, muted=True)


@api.post("/api/v1/statuses/<public_id>/unmute")
@bearer.require("write:mutes")
def unmute(public_id: str) -> Response:
    """Hear of it again."""
    return _muted(public_id, muted=False)


def _muted(public_id: str, *, muted: bool) -> Response:
    view = marking.mute(current.services(), bearer.account_id(), resolve.parse_id(public_id), muted=muted)
    return answers.json(present.status(view))
