"""Whether something is to be published: asked each second by the scheduler, which loads nothing heavy."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from app.scheduled.tables import ScheduledPostRow


def due(now: datetime) -> ColumnElement[bool]:
    """What is due, over `ScheduledPostRow`."""
    return ScheduledPostRow.next_at <= now
