"""The home timeline: the feed's ids from Redis, everything else through the visibility filter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, and_, exists, or_
from sqlalchemy.orm import Session, aliased

from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import MentionRow, PostRow, PostState
from app.posts.visibility import not_muted, posts_for
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.stores.feeds import CAPACITY, Feeds
from moderation.values import Visibility

log = structlog.get_logger()
ROUNDS = 4
"""How often a page is topped up when the filter took posts out, before the database is asked for the rest."""


def page(services: Services, actor_id: int, paging: Paging) -> list[PostView]:
    """A page of this member's home timeline, newest first."""
    with services.db.read() as session:
        pks = _from_feed(services, session, actor_id, paging)
        if pks is None or len(pks) < paging.limit:
            pks = _from_database(services, session, actor_id, paging)
        return reading.load(session, pks, actor_id)


def _from_feed(services: Services, session: Session, actor_id: int, paging: Paging) -> list[int] | None:
    """Pks of a page; fewer than asked for where the feed ends; None where there's no feed to be had."""
    feeds = Feeds(services.redis)
    try:
        ids = feeds.page(actor_id, paging, paging.limit + 4)
        if ids is None:
            rebuild(services, session, actor_id)
            ids = feeds.page(actor_id, paging, paging.limit + 4)
    except RedisError as error:
        log.warning("feed_unavailable", error=str(error))
        return None
    found: list[int] = []
    for _ in range(ROUNDS):
        if not ids:
            break
        found += _visible(services, session, actor_id, ids)
        if len(found) >= paging.limit or len(ids) < paging.limit:
            break
        edge = ids[-1]
        ids = feeds.page(actor_id, _onwards(paging, edge), paging.limit + 4)
    return newest_first(found[: paging.limit], paging)


def _onwards(paging: Paging, edge: int) -> Paging:
    if paging.upwards:
        return Paging(paging.limit, max_id=paging.max_id, min_id=edge)
    return Paging(paging.limit, max_id=edge, since_id=paging.since_id)


def _visible(services: Services, session: Session, actor_id: int, ids: Sequence[int]) -> list[int]:
    """The pks of those that may be shown, in the order given."""
    query = posts_for(actor_id, PostRow.id, PostRow.pk).where(
        PostRow.id.in_(ids), not_muted(actor_id, services.clock.now())
    )
    by_public_id = {public_id: pk for public_id, pk in session.execute(query)}
    return [by_public_id[i] for i in ids if i in by_public_id]


def _from_database(services: Services, session: Session, actor_id: int, paging: Paging) -> list[int]:
    query = by_id(_members(actor_id), PostRow.id, paging).where(not_muted(actor_id, services.clock.now()))
    return newest_first(list(session.scalars(query)), paging)


def _members(actor_id: int) -> Select[Any]:
    """What belongs into a home timeline: own posts, and those of people followed, without talk with others."""
    follow = aliased(FollowRow)
    followed = exists().where(
        follow.follower_id == actor_id,
        follow.target_id == PostRow.actor_id,
        follow.state == FollowState.ACCEPTED,
        or_(PostRow.boost_of_pk.is_(None), follow.show_boosts),
    )
    addressed = exists().where(MentionRow.post_pk == PostRow.pk, MentionRow.actor_id == actor_id)
    return posts_for(actor_id, PostRow.pk).where(
        or_(
            PostRow.actor_id == actor_id,
            and_(
                PostRow.state == PostState.PUBLISHED,
                followed,
                or_(PostRow.visibility != Visibility.DIRECT, addressed),
                _concerns(actor_id),
            ),
        )
    )


def _concerns(actor_id: int) -> ColumnElement[bool]:
    """Replies are for those who know both sides."""
    other = aliased(FollowRow)
    return or_(
        PostRow.in_reply_to_actor_id.is_(None),
        PostRow.in_reply_to_actor_id == PostRow.actor_id,
        PostRow.in_reply_to_actor_id == actor_id,
        exists().where(
            other.follower_id == actor_id,
            other.target_id == PostRow.in_reply_to_actor_id,
            other.state == FollowState.ACCEPTED,
        ),
    )


def rebuild(services: Services, session: Session, actor_id: int) -> None:
    """Make the feed anew from the database."""
    feeds = Feeds(services.redis)
    feeds.begin_rebuild(actor_id)
    with services.db.read() as fresh:  # begun after the feed exists, so that no post falls between the two
        query = _members(actor_id).add_columns(PostRow.id).order_by(PostRow.id.desc()).limit(CAPACITY)
        feeds.finish_rebuild(actor_id, [row.id for row in fresh.execute(query)])


def follow_changed(services: Services, follower_id: int, *_others: object, **_more: object) -> None:
    """A follow began or ended: the next look rebuilds the feed."""
    try:
        Feeds(services.redis).drop([follower_id])
    except RedisError as error:
        log.warning("feed_unavailable", error=str(error))
