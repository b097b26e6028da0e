"""The one filter through which posts are read, for people and for peers.

A query that shows posts to anybody selects from `PostRow` joined with its author (`posts_for`), so that no path
forgets one of the reasons for not showing: the state, a suspension, a domain rule, blocks, whom it was addressed to.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.posts.tables import MentionRow, PostRow, PostState
from app.relationships.tables import BlockRow, DomainBlockRow, FollowRow, FollowState, HiddenPostRow, MuteRow
from moderation.values import PUBLIC_KINDS, Outcome, Visibility

OWN_STATES = (PostState.PUBLISHED, PostState.HELD, PostState.WAITING)
"""What an author sees of their own: also what waits."""

BoostedRow = aliased(PostRow, name="boosted")
BoostedActorRow = aliased(ActorRow, name="boosted_actor")
ReaderRow = aliased(ActorRow, name="reader")


def posts_for(viewer_id: int | None, *columns: Any) -> Select[Any]:
    """Select posts that this viewer (None: a stranger) may see."""
    return _joined(*(columns or (PostRow,))).where(visible_to(viewer_id))


def posts_for_many(viewer_ids: Collection[int], *columns: Any) -> Select[Any]:
    """Select, for each of these members (`ReaderRow.id`), posts that they may see: the same filter, over a column."""
    return _joined(*columns).join(ReaderRow, ReaderRow.id.in_(viewer_ids)).where(_VISIBLE_TO_READER)


def _joined(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .outerjoin(BoostedRow, BoostedRow.pk == PostRow.boost_of_pk)
        .outerjoin(BoostedActorRow, BoostedActorRow.id == BoostedRow.actor_id)
    )


@lru_cache(maxsize=4096)
def visible_to(viewer_id: int | None) -> ColumnElement[bool]:
    """The filter itself, over `PostRow`, `ActorRow` and, for a boost, what it shows.

    It's the same expression for the same viewer, and building it costs as much as running it: so it's kept.
    """
    return _visible(viewer_id)


def _visible(viewer_id: Any) -> ColumnElement[bool]:
    shown = and_(
        _one(PostRow, ActorRow, viewer_id),
        or_(PostRow.boost_of_pk.is_(None), _one(BoostedRow, BoostedActorRow, viewer_id, own_held=False)),
    )
    if viewer_id is None:
        return shown
    return and_(shown, ~_put_away(viewer_id))


def own_of(author_id: Any, *columns: Any) -> Select[Any]:
    """Select what an author sees of their own: the part of `visible_to` that depends on nobody else."""
    return (
        select(*(columns or (PostRow,)))
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(PostRow.actor_id == author_id, PostRow.state.in_(OWN_STATES))
    )


def _put_away(viewer_id: Any) -> ColumnElement[bool]:
    return exists().where(
        HiddenPostRow.account_id == viewer_id,
        or_(HiddenPostRow.post_pk == PostRow.pk, HiddenPostRow.post_pk == PostRow.boost_of_pk),
    )


def standing(actor: Any) -> ColumnElement[bool]:
    """Whether somebody is shown at all."""
    return and_(actor.suspended_at.is_(None), actor.deleted_at.is_(None), actor.domain_hidden.is_(False))


def shown() -> ColumnElement[bool]:
    """Whether a post, over `PostRow` and `ActorRow`, is shown to anybody: for what hangs on it."""
    return and_(PostRow.state == PostState.PUBLISHED, standing(ActorRow))


def _one(post: Any, actor: Any, viewer_id: Any, *, own_held: bool = True) -> ColumnElement[bool]:
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


def _follows(viewer_id: Any, author: Any) -> ColumnElement[bool]:
    return exists().where(
        FollowRow.follower_id == viewer_id, FollowRow.target_id == author, FollowRow.state == FollowState.ACCEPTED
    )


def _mentioned(viewer_id: Any, pk: Any) -> ColumnElement[bool]:
    return exists().where(MentionRow.post_pk == pk, MentionRow.actor_id == viewer_id)


def _blocked(viewer_id: Any, author: Any) -> ColumnElement[bool]:
    return or_(_blocks(viewer_id, author), _blocks(author, viewer_id))


def _blocks(blocker: Any, target: Any) -> ColumnElement[bool]:
    return exists().where(BlockRow.blocker_id == blocker, BlockRow.target_id == target)


_VISIBLE_TO_READER = _visible(ReaderRow.id)
"""Built by the one thread that imports this: SQLAlchemy adapts the columns of an alias when they are first used, and of
two threads that use them first at once one gets a column that isn't the alias's.
"""


def not_muted(viewer_id: Any, now: Any) -> ColumnElement[bool]:
    """For timelines: neither author nor boosted one is muted by this viewer, nor of a server that they block."""

    return and_(
        ~_muted(viewer_id, PostRow.actor_id, now),
        ~_shut(viewer_id, ActorRow),
        or_(
            PostRow.boost_of_pk.is_(None),
            and_(~_muted(viewer_id, BoostedRow.actor_id, now), ~_shut(viewer_id, BoostedActorRow)),
        ),
    )


def _muted(viewer_id: Any, author: Any, now: Any) -> ColumnElement[bool]:
    return exists().where(
        MuteRow.muter_id == viewer_id,
        MuteRow.target_id == author,
        or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now),
    )


def _shut(viewer_id: Any, actor: Any) -> ColumnElement[bool]:
    return exists().where(DomainBlockRow.account_id == viewer_id, DomainBlockRow.domain == actor.domain)


class Barrier(StrEnum):
    """One reason why a post isn't shown to somebody; the last three keep it off timelines only."""

    HELD = "held"
    WAITING = "waiting"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"
    SUSPENDED = "suspended"
    GONE = "gone"
    """Its author left."""
    SERVER = "server"
    """Their server is suspended here."""
    FOLLOWERS = "followers"
    ADDRESSED = "addressed"
    THEY_BLOCK = "they_block"
    IS_BLOCKED = "is_blocked"
    PUT_AWAY = "put_away"
    MUTED = "muted"
    SHUT = "shut"
    """The member blocks the whole server."""
    QUIET = "quiet"
    """Limited, or of somebody silenced: off the public timelines."""


SOFT = frozenset((Barrier.MUTED, Barrier.SHUT, Barrier.QUIET))


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether somebody may see a post, and every reason against it: its own, and those of what it boosts."""

    visible: bool
    barriers: tuple[Barrier, ...]
    boosted: tuple[Barrier, ...]

    @property
    def hard(self) -> tuple[Barrier, ...]:
        """Those that hide it wherever it is looked for."""
        return tuple(each for each in (*self.barriers, *self.boosted) if each not in SOFT)


def explain(session: Session, pk: int, viewer_id: int, now: datetime) -> Explained | None:
    """Why a member sees a post or doesn't, from the very conditions that the filter is made of; None for no post."""
    own = _barriers(PostRow, ActorRow, viewer_id, now)
    boosted = _barriers(BoostedRow, BoostedActorRow, viewer_id, now, own_held=False)
    columns = [
        visible_to(viewer_id).label("visible"),
        PostRow.boost_of_pk.is_not(None).label("boosts"),
        _put_away(viewer_id).label("put_away"),
        *(each.label(f"own_{name}") for name, each in own.items()),
        *(each.label(f"boosted_{name}") for name, each in boosted.items()),
    ]
    row = session.execute(_joined(PostRow.pk, *columns).where(PostRow.pk == pk)).one_or_none()
    if row is None:
        return None
    found = row._mapping
    mine = [name for name in own if found[f"own_{name}"]]
    if row.put_away:
        mine.append(Barrier.PUT_AWAY)
    theirs = [name for name in boosted if row.boosts and found[f"boosted_{name}"]]
    return Explained(bool(row.visible), tuple(mine), tuple(theirs))


def _barriers(
    post: Any, actor: Any, viewer_id: int, now: datetime, *, own_held: bool = True
) -> dict[Barrier, ColumnElement[bool]]:
    """Each reason of `_one` by itself: it holds exactly where none of the hard ones does."""
    states = OWN_STATES if own_held else (PostState.PUBLISHED,)
    own = and_(post.actor_id == viewer_id, post.state.in_(states))
    mentioned = _mentioned(viewer_id, post.pk)
    followers = and_(post.visibility == Visibility.FOLLOWERS, ~_follows(viewer_id, post.actor_id), ~mentioned)
    outside = and_(post.visibility.not_in((*PUBLIC_KINDS, Visibility.FOLLOWERS)), ~mentioned)
    reasons = {Barrier(state.value): post.state == state for state in PostState if state is not PostState.PUBLISHED} | {
        Barrier.SUSPENDED: actor.suspended_at.is_not(None),
        Barrier.GONE: actor.deleted_at.is_not(None),
        Barrier.SERVER: actor.domain_hidden.is_(True),
        Barrier.FOLLOWERS: followers,
        Barrier.ADDRESSED: outside,
        Barrier.THEY_BLOCK: _blocks(post.actor_id, viewer_id),
        Barrier.IS_BLOCKED: _blocks(viewer_id, post.actor_id),
        Barrier.MUTED: _muted(viewer_id, post.actor_id, now),
        Barrier.SHUT: _shut(viewer_id, actor),
        Barrier.QUIET: or_(
            post.outcome == Outcome.LIMIT, actor.silenced_at.is_not(None), actor.domain_silenced.is_(True)
        ),
    }
    return {name: and_(~own, reason) for name, reason in reasons.items()}


def explain_actor(session: Session, actor_id: int, viewer_id: int, now: datetime) -> tuple[Barrier, ...]:
    """Why nothing of somebody is shown to a member, from the same conditions; empty where nothing stands against it."""
    reasons = {
        Barrier.SUSPENDED: ActorRow.suspended_at.is_not(None),
        Barrier.GONE: ActorRow.deleted_at.is_not(None),
        Barrier.SERVER: ActorRow.domain_hidden.is_(True),
        Barrier.THEY_BLOCK: _blocks(ActorRow.id, viewer_id),
        Barrier.IS_BLOCKED: _blocks(viewer_id, ActorRow.id),
        Barrier.MUTED: _muted(viewer_id, ActorRow.id, now),
        Barrier.SHUT: _shut(viewer_id, ActorRow),
        Barrier.QUIET: or_(ActorRow.silenced_at.is_not(None), ActorRow.domain_silenced.is_(True)),
    }
    row = session.execute(select(*reasons.values()).where(ActorRow.id == actor_id)).one()
    return tuple(name for name, holds in zip(reasons, row, strict=True) if holds)


def shuts(session: Session, viewer_id: int, domain: str) -> bool:
    """Whether a member blocks a whole server for themselves."""
    own = exists().where(DomainBlockRow.account_id == viewer_id, DomainBlockRow.domain == domain)
    return bool(session.scalar(select(own)))
