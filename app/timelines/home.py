"""The home timeline: the feed's ids from Redis, everything else through the visibility filter."""

from __future__ import annotations

from typing import Any

import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, Select, and_, exists, or_
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.lists.tables import ListMemberRow, ListRow
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import MentionRow, PostRow, PostState, PostTagRow
from app.posts.visibility import not_muted, posts_for
from app.relationships import tongues
from app.relationships.tables import FollowedTagRow, FollowRow, FollowState
from app.services import Services
from app.stores.feeds import CAPACITY, Feeds
from moderation.values import Outcome, Visibility

log = structlog.get_logger()
ROUNDS = 4
"""How often a page is topped up when the filter took posts out, before the database is asked."""
SPARE = 4
"""So many more than a page are read at once, in place of those that the filter takes out."""


def page(services: Services, actor_id: int, paging: Paging) -> list[PostView]:
    """A page of this member's home timeline, newest first."""
    with services.db.read() as session:
        views = _from_feed(services, session, actor_id, paging)
        if views is None:
            return reading.load(session, _from_database(services, session, actor_id, paging), actor_id)
        return views


def _from_feed(services: Services, session: Session, actor_id: int, paging: Paging) -> list[PostView] | None:
    """The page as the feed has it; None where there's no feed, or the page reaches beyond its end."""
    feeds, wanted, found = Feeds(services.redis), paging, list[PostView]()
    try:
        for _ in range(ROUNDS):
            cut = feeds.page(actor_id, wanted, paging.limit + SPARE)
            if cut is None:
                rebuild(services, actor_id)
                cut = feeds.page(actor_id, wanted, paging.limit + SPARE)
            if cut is None:
                return None
            found += reading.load_public(session, cut.ids, actor_id, not_muted(actor_id, services.clock.now()))
            ended = len(cut.ids) < paging.limit + SPARE
            if len(found) >= paging.limit or (ended and (cut.whole or paging.upwards)):
                return newest_first(found[: paging.limit], paging)
            if ended:
                return None
            wanted = _onwards(paging, cut.ids[-1])
    except RedisError as error:
        log.warning("feed_unavailable", error=str(error))
    return None


def _onwards(paging: Paging, edge: int) -> Paging:
    if paging.upwards:
        return Paging(paging.limit, max_id=paging.max_id, min_id=edge)
    return Paging(paging.limit, max_id=edge, since_id=paging.since_id)


def _from_database(services: Services, session: Session, actor_id: int, paging: Paging) -> list[int]:
    query = by_id(_members(actor_id), PostRow.id, paging).where(not_muted(actor_id, services.clock.now()))
    return newest_first(list(session.scalars(query)), paging)


def _members(actor_id: int) -> Select[Any]:
    """What belongs into a home timeline: own posts, those of people followed, without talk with others, and public
    posts with a hashtag that is followed.
    """
    exclusive = exists().where(
        ListMemberRow.actor_id == PostRow.actor_id,
        ListMemberRow.list_id == ListRow.id,
        ListRow.account_id == actor_id,
        ListRow.exclusive,
    )
    return posts_for(actor_id, PostRow.pk).where(
        or_(
            PostRow.actor_id == actor_id,
            and_(of_followed(actor_id), concerns(actor_id), ~exclusive),
            _has_followed_tag(actor_id),
        )
    )


def of_followed(actor_id: int) -> ColumnElement[bool]:
    """Published posts and boosts of people whom the actor follows, direct ones only where they are to the actor."""
    follow = aliased(FollowRow)
    followed = exists().where(
        follow.follower_id == actor_id,
        follow.target_id == PostRow.actor_id,
        follow.state == FollowState.ACCEPTED,
        or_(PostRow.boost_of_pk.is_(None), follow.show_boosts),
        tongues.wanted(follow.languages, PostRow.language),
    )
    addressed = exists().where(MentionRow.post_pk == PostRow.pk, MentionRow.actor_id == actor_id)
    to_them = or_(PostRow.visibility != Visibility.DIRECT, addressed)
    return and_(PostRow.state == PostState.PUBLISHED, followed, to_them)


def _has_followed_tag(actor_id: int) -> ColumnElement[bool]:
    tagged = exists().where(
        PostTagRow.post_pk == PostRow.pk, FollowedTagRow.tag == PostTagRow.tag, FollowedTagRow.account_id == actor_id
    )
    return and_(
        PostRow.state == PostState.PUBLISHED,
        PostRow.visibility == Visibility.PUBLIC,
        PostRow.boost_of_pk.is_(None),
        PostRow.outcome != Outcome.LIMIT,
        ActorRow.silenced_at.is_(None),
        ActorRow.domain_silenced.is_(False),
        tagged,
    )


def concerns(actor_id: int) -> ColumnElement[bool]:
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


def rebuild(services: Services, actor_id: int) -> None:
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
