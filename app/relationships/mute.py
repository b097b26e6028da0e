"""Muting: the one who is muted never knows, and it may end by itself."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.errors import ForbiddenError
from app.ids import IDS
from app.relationships.tables import MuteRow
from app.services import Services

LONGEST = timedelta(days=3650)


def mute(
    services: Services, muter_id: int, target_id: int, *, notifications: bool = True, lasts: timedelta | None = None
) -> MuteRow:
    """Don't show this actor's posts, and by default what they do; `lasts` None or zero: for good.

    Doing so again changes both. Raises NotFoundError, and ForbiddenError for oneself.
    """
    if muter_id == target_id:
        raise ForbiddenError(_("You can’t mute yourself"), code="own_account")
    now = services.clock.now()
    with services.db.write() as session:
        lookup.by_id(session, target_id)
        row = find(session, muter_id, target_id)
        if row is None:
            row = MuteRow(id=IDS.take(now), muter_id=muter_id, target_id=target_id, created_at=now)
            session.add(row)
        row.notifications = notifications
        row.expires_at = now + min(lasts, LONGEST) if lasts else None
    return row


def unmute(services: Services, muter_id: int, target_id: int) -> None:
    """Show them again."""
    with services.db.write() as session:
        session.execute(delete(MuteRow).where(MuteRow.muter_id == muter_id, MuteRow.target_id == target_id))


def sweep(services: Services) -> int:
    """Delete mutes that ran out; how many. They count for nothing from that moment, swept or not."""
    with services.db.write() as session:
        gone = session.execute(delete(MuteRow).where(MuteRow.expires_at <= services.clock.now()))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def find(session: Session, muter_id: int, target_id: int) -> MuteRow | None:
    """The mute of one by another, run out or not."""
    return session.scalar(select(MuteRow).where(MuteRow.muter_id == muter_id, MuteRow.target_id == target_id))


def in_force(services: Services) -> ColumnElement[bool]:
    """Which mutes count now."""
    return or_(MuteRow.expires_at.is_(None), MuteRow.expires_at > services.clock.now())
