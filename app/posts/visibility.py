"""The one filter through which posts are read, for people and for peers.

A query that shows posts to anybody selects from `PostRow` joined with its author (`posts_for`), so that no path
forgets one of the reasons for not showing: the state, a suspension, a domain rule, blocks, whom it was addressed to.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.tables import ActorRow
from app.posts.tables import MentionRow, PostRow, PostState
from app.relationships.tables import BlockRow, DomainBlockRow, FollowRow, FollowState, HiddenPostRow, MuteRow
from moderation.values import PUBLIC_KINDS, Visibility

OWN_STATES = (PostState.PUBLISHED, PostState.HELD, PostState.WAITING)
"""What an author sees of their own: also what waits."""

BoostedRow = aliased(PostRow, name="boosted")
BoostedActorRow = aliased(ActorRow, name="boosted_actor")


def posts_for(viewer_id: int | None, *columns: Any) -> Select[Any]:
    """Select posts that this viewer (None: a stranger) may see."""
    return (
        select(*(columns or (PostRow,)))
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .outerjoin(BoostedRow, BoostedRow.pk == PostRow.boost_of_pk)
        .outerjoin(BoostedActorRow, BoostedActorRow.id == BoostedRow.actor_id)
        .where(visible_to(viewer_id))
    )


@lru_cache(maxsize=4096)
def visible_to(viewer_id: int | None) -> ColumnElement[bool]:
    """The filter itself, over `PostRow`, `ActorRow` and, for a boost, what it shows.

    It's the same expression for the same viewer, and building it costs as much as running it: so it's kept.
    """
    shown = and_(
        _one(PostRow, ActorRow, viewer_id),
        or_(PostRow.boost_of_pk.is_(None), _one(BoostedRow, BoostedActorRow, viewer_id, own_held=False)),
    )
    if viewer_id is None:
        return shown
    hidden = exists().where(
        HiddenPostRow.account_id == viewer_id,
        or_(HiddenPostRow.post_pk == PostRow.pk, HiddenPostRow.post_pk == PostRow.boost_of_pk),
    )
    return and_(shown, ~hidden)


def standing(actor: Any) -> ColumnElement[bool]:
    """Whether somebody is shown at all."""
    return and_(actor.suspended_at.is_(None), actor.deleted_at.is_(None), actor.domain_hidden.is_(False))


def shown() -> ColumnElement[bool]:
    """Whether a post, over `PostRow` and `ActorRow`, is shown to anybody: for what hangs on it."""
    return and_(PostRow.state == PostState.PUBLISHED, standing(ActorRow))


def _one(post: Any, actor: Any, viewer_id: int | None, *, own_held: bool = True) -> ColumnElement[bool]:
    published = and_(post.state == PostState.PUBLISHED, standing(actor))
    if viewer_id is None:
        return and_(published, post.visibility.in_(PUBLIC_KINDS))
    addressed = or_(
        post.visibility.in_(PUBLIC_KINDS),
        and_(post.visibility == Visibility.FOLLOWERS, _follows(viewer_id, post.actor_id)),
        _mentioned(viewer_id, post.pk),
    )
    states = OWN_STATES if own_held else (PostState.PUBLISHED,)
    own = and_(post.actor_id == viewer_id, post.state.in_(states))
    return or_(own, and_(published, addressed, ~_blocked(viewer_id, post.actor_id)))


def _follows(viewer_id: int, author: Any) -> ColumnElement[bool]:
    return exists().where(
        FollowRow.follower_id == viewer_id, FollowRow.target_id == author, FollowRow.state == FollowState.ACCEPTED
    )


def _mentioned(viewer_id: int, pk: Any) -> ColumnElement[bool]:
    return exists().where(MentionRow.post_pk == pk, MentionRow.actor_id == viewer_id)


def _blocked(viewer_id: int, author: Any) -> ColumnElement[bool]:
    return or_(
        exists().where(BlockRow.blocker_id == viewer_id, BlockRow.target_id == author),
        exists().where(BlockRow.blocker_id == author, BlockRow.target_id == viewer_id),
    )


def not_muted(viewer_id: int, now: Any) -> ColumnElement[bool]:
    """For timelines: neither author nor boosted one is muted by this viewer, nor of a server that they block."""

    def muted(author: Any) -> ColumnElement[bool]:
        return exists().where(
            MuteRow.muter_id == viewer_id,
            MuteRow.target_id == author,
            or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now),
        )

    def shut(actor: Any) -> ColumnElement[bool]:
        return exists().where(DomainBlockRow.account_id == viewer_id, DomainBlockRow.domain == actor.domain)

    return and_(
        ~muted(PostRow.actor_id),
        ~shut(ActorRow),
        or_(PostRow.boost_of_pk.is_(None), and_(~muted(BoostedRow.actor_id), ~shut(BoostedActorRow))),
    )
