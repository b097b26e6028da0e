"""Whether open streams are to hear something: asked each second by the scheduler, which loads nothing heavy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from app.announcements.tables import AnnouncementRow


def due(now: datetime) -> ColumnElement[bool]:
    """What begins or ends now, over `AnnouncementRow`."""
    return AnnouncementRow.next_at <= now
