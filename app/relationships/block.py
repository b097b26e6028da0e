"""Blocking: ends follows both ways, and neither sees the other again until it's taken back."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.errors import ForbiddenError
from app.federation import outgoing
from app.ids import IDS
from app.notifications.tables import NotificationRow
from app.relationships import edges, follow
from app.relationships.tables import BlockRow
from app.services import Services


def block(services: Services, blocker_id: int, target_id: int) -> BlockRow:
    """Block somebody; twice is the same. Raises NotFoundError, and ForbiddenError for oneself."""
    if blocker_id == target_id:
        raise ForbiddenError(_("You can’t block yourself"), code="own_account")
    with services.db.write() as session:
        blocker, target = lookup.by_id(session, blocker_id), lookup.by_id(session, target_id)
        row = find(session, blocker_id, target_id)
        if row is None:
            row = make(session, services, blocker, target, edges.new_uri(services, "block"))
            if not target.local:
                outgoing.blocked(session, services, row)
    return row


def unblock(services: Services, blocker_id: int, target_id: int) -> None:
    """Take it back; the follows don't return by themselves."""
    with services.db.write() as session:
        row = find(session, blocker_id, target_id)
        if row is not None:
            if not session.get_one(ActorRow, target_id).local:
                outgoing.unblocked(session, services, row)
            session.delete(row)


def find(session: Session, blocker_id: int, target_id: int) -> BlockRow | None:
    """The block of one by another."""
    return session.scalar(select(BlockRow).where(BlockRow.blocker_id == blocker_id, BlockRow.target_id == target_id))


def between(session: Session, one_id: int, other_id: int) -> bool:
    """Whether either blocks the other."""
    return find(session, one_id, other_id) is not None or find(session, other_id, one_id) is not None


def make(session: Session, services: Services, blocker: ActorRow, target: ActorRow, uri: str) -> BlockRow:
    """The row, and what it ends: follows both ways, and what each was told of the other."""
    row = find(session, blocker.id, target.id)
    if row is not None:
        return row
    _end_follows(session, services, blocker, target)
    _forget_notifications(session, blocker.id, target.id)
    now = services.clock.now()
    row = BlockRow(id=IDS.take(now), blocker_id=blocker.id, target_id=target.id, uri=uri, created_at=now)
    session.add(row)
    session.flush()
    return row


def _end_follows(session: Session, services: Services, blocker: ActorRow, target: ActorRow) -> None:
    mine = edges.find(session, blocker.id, target.id)
    if mine is not None:
        follow.end(session, services, mine)
    theirs = edges.find(session, target.id, blocker.id)
    if theirs is not None:
        follow.turn_away(session, services, theirs)


def _forget_notifications(session: Session, one_id: int, other_id: int) -> None:
    there = and_(NotificationRow.account_id == one_id, NotificationRow.from_actor_id == other_id)
    back = and_(NotificationRow.account_id == other_id, NotificationRow.from_actor_id == one_id)
    session.execute(delete(NotificationRow).where(or_(there, back)))
