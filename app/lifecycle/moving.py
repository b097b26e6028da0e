"""Somebody goes on elsewhere: when that is believed, what it begins, and where they are now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.relationships import rules
from app.relationships.tables import BlockRow, FollowRow, MoveRow, MuteRow
from app.services import Services
from app.stores.jobs import Job

EVERY = timedelta(days=30)
"""A member moves at most so often, as on Mastodon."""
EVERY_ELSEWHERE = timedelta(days=7)
"""So long a second move of somebody elsewhere isn't followed: nobody leads people from place to place."""


def refusal(old: ActorRow, new: ActorRow | None, now: datetime) -> str | None:
    """Why a move isn't believed, as a word of ours; None where both sides say the same and it's time."""
    if new is None or rules.is_gone(new) or rules.is_gone(old):
        return "move_target_gone"
    if new.id == old.id or new.moved_to_uri is not None:
        return "move_to_nowhere"
    if old.uri not in new.also_known_as:
        return "move_without_alias"
    if old.moved_to_uri != new.uri:
        return "move_not_confirmed"
    if old.moved_at is not None and now - old.moved_at < EVERY_ELSEWHERE:
        return "moved_lately"
    return None


def begin(session: Session, services: Services, old: ActorRow, new: ActorRow) -> None:
    """From now on those here who follow, mute or block the old one are carried along to the new one."""
    now = services.clock.now()
    old.moved_at = now
    session.add(MoveRow(actor_id=old.id, target_id=new.id, begun_at=now))
    after_commit(session, lambda: services.nudger.nudge(Job.LIFECYCLE))


def matters_here(session: Session, actor_id: int) -> bool:
    """Whether any member follows, blocks or mutes them: else their move isn't worth asking other servers about."""
    member = aliased(ActorRow)
    follows = exists().where(
        FollowRow.target_id == actor_id, FollowRow.follower_id == member.id, member.local
    )  # an index on the target makes each of these short
    blocks = exists().where(BlockRow.target_id == actor_id, BlockRow.blocker_id == member.id, member.local)
    mutes = exists().where(MuteRow.target_id == actor_id)
    return any(session.scalar(select(one)) for one in (follows, blocks, mutes))


def redirects(session: Session, actors: Iterable[ActorRow]) -> dict[int, ActorRow]:
    """Where those of these went who moved, by actor id: only where the new one says so too, and is to be seen."""
    moved = [actor for actor in actors if actor.moved_to_uri is not None]
    if not moved:
        return {}
    there = session.scalars(select(ActorRow).where(ActorRow.uri.in_({actor.moved_to_uri for actor in moved})))
    found: dict[str | None, ActorRow] = {row.uri: row for row in there if not rules.is_gone(row)}
    return {
        actor.id: found[actor.moved_to_uri]
        for actor in moved
        if actor.moved_to_uri in found and (actor.local or actor.uri in found[actor.moved_to_uri].also_known_as)
    }
