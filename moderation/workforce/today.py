"""What somebody leaves to others today: on top of their record, until midnight, UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.errors import RefusedError
from moderation.rows import upsert
from moderation.workforce.tables import SkippedTodayRow


def skipped(session: Session, name: str, now: datetime) -> tuple[str, ...]:
    """The labels that they aren't given today."""
    row = session.get(SkippedTodayRow, name, populate_existing=True)
    return tuple(row.labels) if row is not None and row.day == now.date() else ()


def skip(session: Session, name: str, labels: Sequence[str], now: datetime) -> None:
    """Leave these to others for the rest of the day; none ends it. Raises RefusedError for what is no label."""
    wanted = sorted(set(labels))
    if not set(wanted) <= set(LABELS):
        raise RefusedError("there is no such label")
    if not wanted:
        session.execute(delete(SkippedTodayRow).where(SkippedTodayRow.name == name))
        return
    upsert(session, SkippedTodayRow, [{"name": name, "day": now.date(), "labels": wanted}], put=("day", "labels"))
