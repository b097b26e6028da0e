"""How long the crew's hours are kept: the plan and who was there for a year, what pay is reckoned from for three."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from moderation.workforce.tables import AttendanceRow, ConsentRow, ShiftRow, StretchRow

PLAN_KEPT: Final = timedelta(days=400)
TIME_KEPT: Final = timedelta(days=3 * 366)
"""Sheets that were approved stay: they are the house's books."""


def forget(session: Session, now: datetime) -> int:
    """Delete what has outlived its time; how many rows."""
    gone = (
        delete(ShiftRow).where(ShiftRow.ends_at < now - PLAN_KEPT),
        delete(AttendanceRow).where(AttendanceRow.seen_at < now - PLAN_KEPT),
        delete(ConsentRow).where(ConsentRow.given_at < now - PLAN_KEPT),
        delete(StretchRow).where(StretchRow.ended_at < now - TIME_KEPT),
    )
    return sum(session.execute(each).rowcount for each in gone)  # type: ignore[attr-defined]
