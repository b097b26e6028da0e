"""Follow, block, mute, and their lists; requests to follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from app import current
from app.accounts import lookup
from app.errors import InvalidError, NotFoundError
from app.mastodon import answers, blueprint, languages, params, present
from app.mastodon.accounts import MOST_IDS, find, list_paging, listing
from app.mastodon.params import Params
from app.mastodon.serialise.relationships import relationship
from app.mastodon.serialise.times import instant_or_none
from app.oauth import bearer
from app.relationships import block, follow, mute, notes, relations

api = blueprint.make("relationships")
MOST_LANGUAGES = 50


@api.get("/api/v1/accounts/relationships")
@bearer.require("read:follows")
def several_relationships() -> Response:
    """What the member has with these accounts."""
    ids = params.asked().ids("id", most=MOST_IDS)
    services = current.services()
    with services.db.read() as session:
        known = [row.id for row in lookup.by_ids(session, ids)]
        return answers.json(entities_of(session, known))


@api.post("/api/v1/accounts/<public_id>/follow")
@bearer.require("write:follows")
def follow_account(public_id: str) -> Response:
    """Follow, or ask to; again, what isn't sent stays as it is."""
    sent = params.sent()
    target = target_of(public_id)
    services = current.services()
    follow.follow(
        services,
        bearer.account_id(),
        target,
        show_boosts=sent.flag_or_none("reblogs"),
        notify=sent.flag_or_none("notify"),
        languages=_languages(sent),
    )
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/unfollow")
@bearer.require("write:follows")
def unfollow_account(public_id: str) -> Response:
    """Stop following."""
    target = target_of(public_id)
    follow.unfollow(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/remove_from_followers")
@bearer.require("write:follows")
def remove_from_followers(public_id: str) -> Response:
    """Make somebody stop following."""
    target = target_of(public_id)
    follow.remove_follower(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/block")
@bearer.require("write:blocks")
def block_account(public_id: str) -> Response:
    """Block."""
    target = target_of(public_id)
    block.block(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/unblock")
@bearer.require("write:blocks")
def unblock_account(public_id: str) -> Response:
    """Take a block back."""
    target = target_of(public_id)
    block.unblock(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/mute")
@bearer.require("write:mutes")
def mute_account(public_id: str) -> Response:
    """Mute, for a while or for good."""
    sent = params.sent()
    seconds = sent.integer("duration", 0, most=10**9)
    target = target_of(public_id)
    mute.mute(
        current.services(),
        bearer.account_id(),
        target,
        notifications=sent.flag("notifications", True),
        lasts=timedelta(seconds=seconds) if seconds else None,
    )
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/unmute")
@bearer.require("write:mutes")
def unmute_account(public_id: str) -> Response:
    """Take a mute back."""
    target = target_of(public_id)
    mute.unmute(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/accounts/<public_id>/note")
@bearer.require("write:accounts")
def write_note(public_id: str) -> Response:
    """Write down something about somebody, for one's own eyes."""
    text, target = params.sent().text("comment", most=10_000), target_of(public_id)
    notes.write(current.services(), bearer.account_id(), target, text)
    return answer_of(target)


@api.get("/api/v1/blocks")
@bearer.require("read:blocks")
def blocks() -> Response:
    """Whom the member blocks."""
    paging = list_paging()
    with current.services().db.read() as session:
        return listing(relations.blocks(session, bearer.account_id(), paging), paging)


@api.get("/api/v1/mutes")
@bearer.require("read:mutes")
def mutes() -> Response:
    """Whom the member mutes, and until when."""
    paging, services = list_paging(), current.services()
    with services.db.read() as session:
        found = relations.mutes(session, bearer.account_id(), paging, services.clock.now())
    entities = [
        present.account_with(item.actor, {"mute_expires_at": instant_or_none(item.expires_at)}) for item in found
    ]
    return answers.page(entities, [item.id for item in found], paging)


@api.get("/api/v1/follow_requests")
@bearer.require("read:follows")
def follow_requests() -> Response:
    """Who asks to follow."""
    paging = list_paging()
    with current.services().db.read() as session:
        return listing(relations.requests(session, bearer.account_id(), paging), paging)


@api.post("/api/v1/follow_requests/<public_id>/authorize")
@bearer.require("write:follows")
def authorize(public_id: str) -> Response:
    """Let somebody follow."""
    target = target_of(public_id)
    follow.accept(current.services(), bearer.account_id(), target)
    return answer_of(target)


@api.post("/api/v1/follow_requests/<public_id>/reject")
@bearer.require("write:follows")
def reject(public_id: str) -> Response:
    """Don't let somebody follow."""
    target = target_of(public_id)
    follow.reject(current.services(), bearer.account_id(), target)
    return answer_of(target)


def _languages(sent: Params) -> list[str] | None:
    """Codes of languages; none means all. Raises InvalidError for what is no code."""
    if sent.values.get("languages") is None:
        return None
    codes = [code.strip() for code in sent.texts("languages", most=MOST_LANGUAGES) if code.strip()]
    if not all(languages.is_known(code) for code in codes):
        raise InvalidError("Validation failed: Languages are invalid")
    return codes


def entities_of(session: Session, actor_ids: list[int]) -> list[dict[str, Any]]:
    """The member's relationships with these."""
    now = current.services().clock.now()
    found = relations.of(session, bearer.account_id(), actor_ids, now)
    return [relationship(found[actor_id]) for actor_id in actor_ids if actor_id in found]


def target_of(public_id: str) -> int:
    """Whom an id names. Raises NotFoundError."""
    with current.services().db.read() as session:
        return find(session, public_id).id


def answer_of(target: int) -> Response:
    """The member's relationship with somebody."""
    with current.services().db.read() as session:
        entities = entities_of(session, [target])
    if not entities:
        raise NotFoundError
    return answers.json(entities[0])
