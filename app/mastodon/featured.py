"""What members show on their profiles beside what they write: hashtags, and people whom they recommend."""

from __future__ import annotations

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts.tables import ActorRow
from app.mastodon import answers, blueprint, params
from app.mastodon.accounts import find, list_paging, listing
from app.mastodon.relationships import answer_of, target_of
from app.mastodon.serialise import accounts as entities
from app.mastodon.serialise import trends as tag_entities
from app.oauth import bearer
from app.posts import resolve
from app.relationships import endorsements, featured, featuring
from app.trends import showing

api = blueprint.make("featured")


@api.get("/api/v1/featured_tags")
@bearer.require("read:accounts")
def tags() -> Response:
    """The hashtags that the member shows."""
    with current.services().db.read() as session:
        return answers.json(_tags_of(session, find(session, str(bearer.account_id()))))


@api.post("/api/v1/featured_tags")
@bearer.require("write:accounts")
def feature() -> Response:
    """Show one."""
    services, name = current.services(), params.sent().text("name", most=300)
    one = featuring.feature(services, bearer.account_id(), name)
    return answers.json(entities.featured_tag(one, services.settings))


@api.delete("/api/v1/featured_tags/<public_id>")
@bearer.require("write:accounts")
def remove(public_id: str) -> Response:
    """Show it no longer."""
    featuring.remove(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.get("/api/v1/featured_tags/suggestions")
@bearer.require("read:accounts")
def suggestions() -> Response:
    """The hashtags that the member used most and doesn't show."""
    services = current.services()
    now = services.clock.now()
    with services.db.read() as session:
        found = featured.suggested(session, bearer.account_id())
        days = showing.histories(session, [tag for tag, _name in found], now)
        return answers.json([tag_entities.named(tag, name, days[tag], services.settings) for tag, name in found])


@api.get("/api/v1/accounts/<public_id>/featured_tags")
@bearer.optional("read:accounts")
def tags_of(public_id: str) -> Response:
    """The hashtags that somebody here shows."""
    with current.services().db.read() as session:
        return answers.json(_tags_of(session, find(session, public_id)))


@api.get("/api/v1/endorsements")
@bearer.require("read:accounts")
def own_endorsements() -> Response:
    """Whom the member recommends."""
    return _endorsements(str(bearer.account_id()))


@api.get("/api/v1/accounts/<public_id>/endorsements")
@bearer.optional("read:accounts")
def endorsements_of(public_id: str) -> Response:
    """Whom somebody here recommends."""
    return _endorsements(public_id)


@api.post("/api/v1/accounts/<public_id>/endorse")
@api.post("/api/v1/accounts/<public_id>/pin")
@bearer.require("write:accounts")
def endorse(public_id: str) -> Response:
    """Recommend somebody whom one follows."""
    target = target_of(public_id)
    endorsements.endorse(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/unendorse")
@api.post("/api/v1/accounts/<public_id>/unpin")
@bearer.require("write:accounts")
def withdraw(public_id: str) -> Response:
    """Recommend them no longer."""
    target = target_of(public_id)
    endorsements.withdraw(current.services(), bearer.account_id(), target)
    return answer_of(target)


def _endorsements(public_id: str) -> Response:
    paging = list_paging()
    with current.services().db.read() as session:
        row = find(session, public_id)
        gone = row.suspended_at is not None
        return listing([] if gone else endorsements.page(session, row.id, paging), paging)


def _tags_of(session: Session, row: ActorRow) -> list[dict[str, Any]]:
    gone = row.suspended_at is not None
    return [] if gone else _entities(session, row)


def _entities(session: Session, row: ActorRow) -> list[dict[str, Any]]:
    settings = current.services().settings
    return [entities.featured_tag(one, settings) for one in featured.of_account(session, row.id)]
