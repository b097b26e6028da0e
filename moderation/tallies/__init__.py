"""Counters by day, for what pages and metrics say about the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.rows import upsert
from moderation.tallies.tables import TallyRow


def add(session: Session, counts: Mapping[str, int], now: datetime) -> None:
    """Count."""
    rows = [{"day": now.date(), "name": name, "count": by} for name, by in sorted(counts.items()) if by]
    upsert(session, TallyRow, rows, add=("count",))


def of_day(session: Session, day: date) -> dict[str, int]:
    """Everything that was counted on a day (UTC)."""
    return {row.name: row.count for row in session.scalars(select(TallyRow).where(TallyRow.day == day))}
