"""Carrying along: who follows, mutes or blocks somebody who moved does so with the new one, without lifting a finger.

Some at a time, and what was carried is gone from the old one, so that a killed worker's work goes on where it stopped.
"""

from __future__ import annotations

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import outgoing
from app.ids import IDS
from app.relationships import block, edges, follow, rules
from app.relationships.edges import Wish
from app.relationships.tables import BlockRow, FollowRow, FollowState, MoveRow, MuteRow
from app.services import Services

log = structlog.get_logger()
CHUNK = 50


def carry(services: Services, limit: int) -> int:
    """Carry up to `limit` of what binds members to those who moved, the oldest move first; how many."""
    with services.db.read() as session:
        moves = session.scalars(
            select(MoveRow.id).where(MoveRow.finished_at.is_(None)).order_by(MoveRow.id).limit(limit)
        ).all()
    done = 0
    for move_id in moves:
        try:
            while done < limit and (count := _some(services, move_id)):
                done += count
        except Exception as error:  # a move that can't be carried must not keep all others from it
            log.error("move_not_carried", move=move_id, exc_info=error)
    return done


def _some(services: Services, move_id: int) -> int:
    """One write's worth: blocks and mutes first, so that nobody is found at the new place by whom they shut out."""
    with services.db.write() as session:
        move = session.get_one(MoveRow, move_id)
        old, new = session.get_one(ActorRow, move.actor_id), session.get_one(ActorRow, move.target_id)
        if move.finished_at is not None:
            return 0
        if rules.is_gone(new):
            move.finished_at = services.clock.now()
            return 0
        count = (
            _blocks(session, services, old, new)
            or _mutes(session, services, old, new)
            or _follows(session, services, move, old, new)
        )
        if count == 0:
            move.finished_at = services.clock.now()
        return count


def _blocks(session: Session, services: Services, old: ActorRow, new: ActorRow) -> int:
    """A block goes along, silently: nobody who moves learns by it who blocked them."""
    there = aliased(BlockRow)
    carried = exists().where(there.blocker_id == BlockRow.blocker_id, there.target_id == new.id)
    blockers = session.scalars(
        select(ActorRow)
        .join(BlockRow, BlockRow.blocker_id == ActorRow.id)
        .where(BlockRow.target_id == old.id, ActorRow.local, ActorRow.id != new.id, ~carried)
        .limit(CHUNK)
    ).all()
    for blocker in blockers:
        block.make(session, services, blocker, new, edges.new_uri(services, "block"))
    return len(blockers)


def _mutes(session: Session, services: Services, old: ActorRow, new: ActorRow) -> int:
    there = aliased(MuteRow)
    carried = exists().where(there.muter_id == MuteRow.muter_id, there.target_id == new.id)
    rows = session.scalars(
        select(MuteRow).where(MuteRow.target_id == old.id, MuteRow.muter_id != new.id, ~carried).limit(CHUNK)
    ).all()
    now = services.clock.now()
    for row in rows:
        session.add(
            MuteRow(
                id=IDS.take(now),
                muter_id=row.muter_id,
                target_id=new.id,
                notifications=row.notifications,
                expires_at=row.expires_at,
                created_at=now,
            )
        )
    session.flush()
    return len(rows)


def _follows(session: Session, services: Services, move: MoveRow, old: ActorRow, new: ActorRow) -> int:
    follower = aliased(ActorRow)
    rows = session.scalars(
        select(FollowRow)
        .join(follower, follower.id == FollowRow.follower_id)
        .where(FollowRow.target_id == old.id, FollowRow.state == FollowState.ACCEPTED, follower.local)
        .limit(CHUNK)
    ).all()
    for row in rows:
        move.carried += _follow(session, services, row, new)
        follow.end(session, services, row)
    return len(rows)


def _follow(session: Session, services: Services, row: FollowRow, new: ActorRow) -> bool:
    """The new one is followed (or asked) as the old one was; False where that can't be, or is so already."""
    follower = session.get_one(ActorRow, row.follower_id)
    try:
        rules.require_may_follow(session, services.settings, follower, new)
    except AppError:
        return False  # themselves, blocked one way or the other, or suspended meanwhile
    if edges.find(session, follower.id, new.id) is not None:
        return False
    wish = Wish(row.show_boosts, row.notify, row.languages)
    made = edges.make(session, services, follower, new, edges.new_uri(services, "follow"), wish)
    if new.local:
        follow.arrive(session, services, made, follower, new)
    else:
        outgoing.followed(session, services, made)
    return True
