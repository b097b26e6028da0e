"""What members keep for later."""

from __future__ import annotations

from flask import Response

from app import current
from app.bookmarks import keep
from app.mastodon import answers, blueprint, params, present
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("bookmarks")


@api.post("/api/v1/statuses/<public_id>/bookmark")
@bearer.require("write:bookmarks")
def bookmark(public_id: str) -> Response:
    """Keep a post for later."""
    number = resolve.parse_id(public_id)
    return answers.json(present.status(keep.keep(current.services(), bearer.account_id(), number)))


@api.post("/api/v1/statuses/<public_id>/unbookmark")
@bearer.require("write:bookmarks")
def unbookmark(public_id: str) -> Response:
    """Keep it no longer."""
    number = resolve.parse_id(public_id)
    return answers.json(present.status(keep.let_go(current.services(), bearer.account_id(), number)))


@api.get("/api/v1/bookmarks")
@bearer.require("read:bookmarks")
def bookmarks() -> Response:
    """What the member keeps, the latest first."""
    paging = params.paging(params.asked())
    with current.services().db.read() as session:
        found = keep.kept(session, bearer.account_id(), paging)
    return answers.page(present.statuses([view for _id, view in found]), [i for i, _view in found], paging)
