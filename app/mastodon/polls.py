"""Polls: looked at, and voted in. A poll's id is its post's."""

from __future__ import annotations

from flask import Response

from app import current
from app.errors import InvalidError, NotFoundError
from app.federation import wanted
from app.mastodon import answers, blueprint, params
from app.mastodon.serialise import polls as entities
from app.oauth import bearer
from app.polls import votes
from app.posts import resolve
from app.posts.reading import PostView

api = blueprint.make("polls")
MOST_CHOICES = 100


@api.get("/api/v1/polls/<public_id>")
@bearer.optional("read:statuses")
def one(public_id: str) -> Response:
    """A poll; one from elsewhere is asked for anew when a member looks."""
    services, viewer_id = current.services(), bearer.viewer_id()
    with services.db.read() as session:
        view = resolve.view(session, resolve.parse_id(public_id), viewer_id).shown
    if viewer_id is not None:
        wanted.read_poll(services, view.post)
    return _answer(view)


@api.post("/api/v1/polls/<public_id>/votes")
@bearer.require("write:statuses")
def vote(public_id: str) -> Response:
    """Choose: `choices[]` are places among the options, from 0."""
    with current.services().db.read() as session:
        resolve.view(session, resolve.parse_id(public_id), bearer.account_id())
    given = params.sent().texts("choices", most=MOST_CHOICES)
    if not given:
        raise InvalidError("Validation failed: Choices can't be blank")
    if not all(one.isascii() and one.isdigit() and len(one) <= 3 for one in given):
        raise InvalidError("Validation failed: The chosen vote option does not exist")
    choices = [int(one) for one in given]
    view = votes.vote(current.services(), bearer.account_id(), resolve.parse_id(public_id), choices)
    return _answer(view.shown)


def _answer(view: PostView) -> Response:
    services = current.services()
    entity = entities.poll(view, services.clock.now(), services.settings)
    if entity is None:
        raise NotFoundError()
    return answers.json(entity)
