"""How far a member has read, per timeline."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.notifications.tables import NotificationMarkRow
from app.services import Services

TIMELINES = ("home", "notifications")


def get(session: Session, account_id: int, timelines: Collection[str] = TIMELINES) -> dict[str, NotificationMarkRow]:
    """The marks that there are, by timeline."""
    rows = session.scalars(
        select(NotificationMarkRow).where(
            NotificationMarkRow.account_id == account_id, NotificationMarkRow.timeline.in_(timelines)
        )
    )
    return {row.timeline: row for row in rows}


def set_read(services: Services, account_id: int, marks: Mapping[str, int]) -> dict[str, NotificationMarkRow]:
    """Set marks to these ids; the rows as they are now. Raises InvalidError for a timeline that has none."""
    if not set(marks) <= set(TIMELINES):
        raise InvalidError(_("This timeline has no marker"), code="unknown_timeline")
    now = services.clock.now()
    with services.db.write() as session:
        rows = get(session, account_id, marks)
        for timeline, last_read_id in marks.items():
            row = rows.get(timeline) or NotificationMarkRow(account_id=account_id, timeline=timeline, version=0)
            row.last_read_id, row.version, row.updated_at = last_read_id, row.version + 1, now
            session.add(row)
            rows[timeline] = row
    return rows


def unread_since(session: Session, account_id: int) -> int:
    """The id after which notifications are unread."""
    mark = get(session, account_id, ("notifications",)).get("notifications")
    return mark.last_read_id if mark else 0
