"""What a viewer has with others: for many at once, in one query for each kind; and the lists of each kind."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.tables import ActorRow
from app.paging import Paging, by_id, newest_first
from app.relationships import blocked_domains, notes, tongues
from app.relationships.tables import BlockRow, EndorsementRow, FollowRow, FollowState, MuteRow

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relation:
    """What a viewer has with one other actor."""

    actor_id: int
    following: bool = False
    requested: bool = False
    show_boosts: bool = False
    notifying: bool = False
    languages: tuple[str, ...] = ()
    """In which their posts are wanted; none means all."""
    followed_by: bool = False
    requested_by: bool = False
    blocking: bool = False
    blocked_by: bool = False
    muting: bool = False
    muting_notifications: bool = False
    mute_expires_at: datetime | None = None
    shutting: bool = False
    """Whether the viewer blocks their whole server."""
    endorsed: bool = False
    """Whether the viewer recommends them."""
    note: str = ""
    """What the viewer wrote down about them."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An actor in a list, with the id by which the list is paged (the follow's, the block's)."""

    id: int
    actor: ActorRow
    expires_at: datetime | None = None


def of(session: Session, viewer_id: int, actor_ids: Collection[int], now: datetime) -> dict[int, Relation]:
    """The viewer's relation with each of them; `now` decides which mutes are over."""
    if not actor_ids:
        return {}
    mine, theirs = _follows(session, viewer_id, actor_ids)
    blocking, blocked_by = _blocks(session, viewer_id, actor_ids)
    mutes = _mutes(session, viewer_id, actor_ids, now)
    shut = blocked_domains.pairs(session, [viewer_id], actor_ids)
    endorsed = _endorsed(session, viewer_id, actor_ids)
    written = notes.of(session, viewer_id, actor_ids)
    return {
        actor_id: Relation(
            actor_id=actor_id,
            **_following(mine.get(actor_id)),
            followed_by=_is(theirs.get(actor_id), FollowState.ACCEPTED),
            requested_by=_is(theirs.get(actor_id), FollowState.REQUESTED),
            blocking=actor_id in blocking,
            blocked_by=actor_id in blocked_by,
            **_muting(mutes.get(actor_id)),
            shutting=(viewer_id, actor_id) in shut,
            endorsed=actor_id in endorsed,
            note=written.get(actor_id, ""),
        )
        for actor_id in actor_ids
    }


def mutuals(session: Session, pairs: Iterable[Pair]) -> set[Pair]:
    """Those of the pairs who follow each other, as they were given."""
    wanted = set(pairs)
    if not wanted:
        return set()
    both = list(wanted | {(b, a) for a, b in wanted})
    rows = session.execute(
        select(FollowRow.follower_id, FollowRow.target_id).where(
            FollowRow.state == FollowState.ACCEPTED, tuple_(FollowRow.follower_id, FollowRow.target_id).in_(both)
        )
    )
    follows = {(row[0], row[1]) for row in rows}
    return {(a, b) for a, b in wanted if (a, b) in follows and (b, a) in follows}


def followers(session: Session, actor_id: int, paging: Paging) -> list[Listed]:
    """Who follows an actor, newest follow first."""
    query = _joined(FollowRow, FollowRow.follower_id).where(
        FollowRow.target_id == actor_id, FollowRow.state == FollowState.ACCEPTED
    )
    return _list(session, query, FollowRow.id, paging)


def following(session: Session, actor_id: int, paging: Paging) -> list[Listed]:
    """Whom an actor follows, newest follow first."""
    query = _joined(FollowRow, FollowRow.target_id).where(
        FollowRow.follower_id == actor_id, FollowRow.state == FollowState.ACCEPTED
    )
    return _list(session, query, FollowRow.id, paging)


def requests(session: Session, actor_id: int, paging: Paging) -> list[Listed]:
    """Who asks to follow an actor, newest first."""
    query = _joined(FollowRow, FollowRow.follower_id).where(
        FollowRow.target_id == actor_id, FollowRow.state == FollowState.REQUESTED
    )
    return _list(session, query, FollowRow.id, paging)


def blocks(session: Session, actor_id: int, paging: Paging) -> list[Listed]:
    """Whom an actor blocks."""
    query = _joined(BlockRow, BlockRow.target_id).where(BlockRow.blocker_id == actor_id)
    return _list(session, query, BlockRow.id, paging)


def mutes(session: Session, actor_id: int, paging: Paging, now: datetime) -> list[Listed]:
    """Whom an actor mutes now."""
    query = _joined(MuteRow, MuteRow.target_id).where(
        MuteRow.muter_id == actor_id, or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now)
    )
    rows = newest_first(session.execute(by_id(query, MuteRow.id, paging)).all(), paging)
    return [Listed(row.id, actor, row.expires_at) for row, actor in rows]


def _joined(table: Any, other: InstrumentedAttribute[int]) -> Select[Any]:
    return (
        select(table, ActorRow)
        .join(ActorRow, ActorRow.id == other)
        .where(ActorRow.deleted_at.is_(None), ActorRow.suspended_at.is_(None), ~ActorRow.domain_hidden)
    )


def _list(session: Session, query: Select[Any], column: InstrumentedAttribute[int], paging: Paging) -> list[Listed]:
    rows: Sequence[Any] = session.execute(by_id(query, column, paging)).all()
    return [Listed(row.id, actor) for row, actor in newest_first(rows, paging)]


def _follows(
    session: Session, viewer_id: int, actor_ids: Collection[int]
) -> tuple[dict[int, FollowRow], dict[int, FollowRow]]:
    mine = and_(FollowRow.follower_id == viewer_id, FollowRow.target_id.in_(actor_ids))
    theirs = and_(FollowRow.target_id == viewer_id, FollowRow.follower_id.in_(actor_ids))
    rows = session.scalars(select(FollowRow).where(or_(mine, theirs))).all()
    return (
        {row.target_id: row for row in rows if row.follower_id == viewer_id},
        {row.follower_id: row for row in rows if row.target_id == viewer_id},
    )


def _blocks(session: Session, viewer_id: int, actor_ids: Collection[int]) -> tuple[set[int], set[int]]:
    mine = and_(BlockRow.blocker_id == viewer_id, BlockRow.target_id.in_(actor_ids))
    theirs = and_(BlockRow.target_id == viewer_id, BlockRow.blocker_id.in_(actor_ids))
    rows = session.scalars(select(BlockRow).where(or_(mine, theirs))).all()
    return (
        {row.target_id for row in rows if row.blocker_id == viewer_id},
        {row.blocker_id for row in rows if row.target_id == viewer_id},
    )


def _mutes(session: Session, viewer_id: int, actor_ids: Collection[int], now: datetime) -> dict[int, MuteRow]:
    rows = session.scalars(
        select(MuteRow).where(
            MuteRow.muter_id == viewer_id,
            MuteRow.target_id.in_(actor_ids),
            or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > now),
        )
    )
    return {row.target_id: row for row in rows}


def _endorsed(session: Session, viewer_id: int, actor_ids: Collection[int]) -> set[int]:
    mine = select(EndorsementRow.target_id).where(
        EndorsementRow.account_id == viewer_id, EndorsementRow.target_id.in_(actor_ids)
    )
    return set(session.scalars(mine))


def _following(row: FollowRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "following": row.state is FollowState.ACCEPTED,
        "requested": row.state is FollowState.REQUESTED,
        "show_boosts": row.show_boosts,
        "notifying": row.notify,
        "languages": tongues.read(row.languages),
    }


def _muting(row: MuteRow | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {"muting": True, "muting_notifications": row.notifications, "mute_expires_at": row.expires_at}


def _is(row: FollowRow | None, state: FollowState) -> bool:
    return row is not None and row.state is state
