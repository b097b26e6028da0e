"""Tells open streams that an announcement begins, and that it is over. A job: what was planned is said in time."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.announcements.due import due
from app.announcements.tables import AnnouncementRow
from app.database.engine import after_commit
from app.services import Services
from app.stores import events


def drain(services: Services, limit: int = 20) -> int:
    """Say what is due; how many announcements that was."""
    now = services.clock.now()
    with services.db.write() as session:
        query = select(AnnouncementRow).where(due(now)).order_by(AnnouncementRow.next_at).limit(limit)
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        for row in rows:
            over = row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now)
            row.next_at = None if over else row.ends_at
            _say(session, services, events.UNANNOUNCED if over else events.ANNOUNCED, row.id)
    return len(rows)


def _say(session: Session, services: Services, event: str, number: int) -> None:
    after_commit(session, lambda: events.publish_to_members(services.redis, event, {"id": str(number)}))
