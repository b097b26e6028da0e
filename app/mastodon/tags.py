"""Hashtags: what is known of one, and which ones a member follows."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.mastodon import answers, blueprint, params
from app.mastodon.serialise import trends as tag_entities
from app.oauth import bearer
from app.relationships import featured, featuring, tags
from app.trends import showing
from moderation import hashtags

api = blueprint.make("tags")


@api.get("/api/v1/tags/<tag>")
@bearer.optional()
def one(tag: str) -> Response:
    """A hashtag; whether the member follows it, where there is one."""
    shown, viewer_id = tags.checked(tag), bearer.viewer_id()
    if viewer_id is None:
        with current.services().db.read() as session:
            return answers.json(_entity(session, shown))
    with current.services().db.read() as session:
        return answers.json(_of_member(session, viewer_id, shown))


@api.post("/api/v1/tags/<tag>/follow")
@bearer.require("write:follows")
def follow(tag: str) -> Response:
    """Have public posts with it in the home timeline."""
    return _answer(tags.follow(current.services(), bearer.account_id(), tag))


@api.post("/api/v1/tags/<tag>/unfollow")
@bearer.require("write:follows")
def unfollow(tag: str) -> Response:
    """No longer."""
    return _answer(tags.unfollow(current.services(), bearer.account_id(), tag))


@api.post("/api/v1/tags/<tag>/feature")
@bearer.require("write:accounts")
def feature(tag: str) -> Response:
    """Show it on one's profile."""
    return _answer(featuring.feature(current.services(), bearer.account_id(), tag).name)


@api.post("/api/v1/tags/<tag>/unfeature")
@bearer.require("write:accounts")
def unfeature(tag: str) -> Response:
    """No longer."""
    return _answer(featuring.unfeature(current.services(), bearer.account_id(), tag))


@api.get("/api/v1/followed_tags")
@bearer.require("read:follows")
def followed() -> Response:
    """The hashtags that the member follows."""
    paging, services = params.paging(params.asked(), otherwise=100, most=200), current.services()
    with services.db.read() as session:
        rows = tags.followed(session, bearer.account_id(), paging)
        shown = featured.tags_of(session, bearer.account_id())
        days = showing.histories(session, [row.tag for row in rows], services.clock.now())
    entities = [
        {
            **tag_entities.named(row.tag, row.name, days[row.tag], services.settings),
            "following": True,
            "featuring": row.tag in shown,
        }
        for row in rows
    ]
    return answers.page(entities, [row.id for row in rows], paging)


def _answer(name: str) -> Response:
    with current.services().db.read() as session:
        return answers.json(_of_member(session, bearer.account_id(), name))


def _of_member(session: Session, account_id: int, name: str) -> dict[str, Any]:
    following = tags.is_followed(session, account_id, name)
    return _entity(session, name, following=following, featuring=featured.is_featured(session, account_id, name))


def _entity(session: Session, name: str, **more: bool) -> dict[str, Any]:
    """A Tag."""
    services = current.services()
    days = showing.history(session, hashtags.key(name), services.clock.now())
    return {**tag_entities.named(hashtags.key(name), name, days, services.settings), **more}
