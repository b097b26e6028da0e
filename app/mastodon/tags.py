"""Hashtags: what is known of one, and which ones a member follows."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.mastodon import answers, blueprint, params
from app.oauth import bearer
from app.relationships import tags

api = blueprint.make("tags")


@api.get("/api/v1/tags/<tag>")
@bearer.optional("read")
def one(tag: str) -> Response:
    """A hashtag; whether the member follows it, where there is one."""
    shown, viewer_id = tags.checked(tag), bearer.viewer_id()
    if viewer_id is None:
        return answers.json(_entity(shown))
    with current.services().db.read() as session:
        return answers.json(_entity(shown, following=tags.is_followed(session, viewer_id, shown)))


@api.post("/api/v1/tags/<tag>/follow")
@bearer.require("write:follows")
def follow(tag: str) -> Response:
    """Have public posts with it in the home timeline."""
    return answers.json(_entity(tags.follow(current.services(), bearer.account_id(), tag), following=True))


@api.post("/api/v1/tags/<tag>/unfollow")
@bearer.require("write:follows")
def unfollow(tag: str) -> Response:
    """No longer."""
    return answers.json(_entity(tags.unfollow(current.services(), bearer.account_id(), tag), following=False))


@api.get("/api/v1/followed_tags")
@bearer.require("read:follows")
def followed() -> Response:
    """The hashtags that the member follows."""
    paging = params.paging(params.asked(), otherwise=100, most=200)
    with current.services().db.read() as session:
        rows = tags.followed(session, bearer.account_id(), paging)
    return answers.page([_entity(row.name, following=True) for row in rows], [row.id for row in rows], paging)


def _entity(name: str, **more: bool) -> dict[str, Any]:
    """A Tag. How often it is used isn't counted here, so its history is empty."""
    url = current.services().settings.url(f"/tags/{name.lower()}")
    return {
        "id": name.lower(),
        "name": name,
        "url": url,
        "history": [],
        **more,
        **({"featuring": False} if more else {}),
    }
