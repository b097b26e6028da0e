"""Alarms: one line for each thing that is broken, for as long as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.alarms.tables import AlarmRow
from moderation.rows import upsert


@dataclass(frozen=True, slots=True)
class Alarm:
    """A line: what, since when, how often."""

    name: str
    since: datetime
    last_at: datetime
    count: int
    details: Mapping[str, Any]


def raise_(
    session: Session, name: str, now: datetime, details: Mapping[str, Any] | None = None, count: int = 1
) -> None:
    """Raise an alarm, or count it again while it is up; of several at once each counts."""
    _up(session, _locked(session, name, now), now, details or {}, count)


def raise_once(session: Session, name: str, now: datetime, details: Mapping[str, Any]) -> bool:
    """Raise an alarm that isn't up; whether it was this write that did. Of several at once one does."""
    row = _locked(session, name, now)
    if row.cleared_at is None:
        return False
    _up(session, row, now, details, 1)
    return True


def clear(session: Session, name: str, now: datetime) -> bool:
    """Take an alarm down; whether it was up, and this write took it down: of several at once one does."""
    row = session.get(AlarmRow, name)
    if row is None or row.cleared_at is not None:
        return False
    row = session.get_one(AlarmRow, name, populate_existing=True, with_for_update=True)
    if row.cleared_at is not None:
        return False
    row.cleared_at = now
    session.flush()
    return True


def _locked(session: Session, name: str, now: datetime) -> AlarmRow:
    """The alarm's line, up or down; until this write ends nobody else has it."""
    session.flush()
    upsert(session, AlarmRow, [_down(name, now)])
    return session.get_one(AlarmRow, name, populate_existing=True, with_for_update=True)


def _down(name: str, now: datetime) -> dict[str, Any]:
    return {"name": name, "since": now, "last_at": now, "count": 0, "details": {}, "cleared_at": now}


def _up(session: Session, row: AlarmRow, now: datetime, details: Mapping[str, Any], count: int) -> None:
    if row.cleared_at is not None:
        row.since, row.count, row.cleared_at = now, 0, None
    row.last_at, row.count, row.details = now, row.count + count, dict(details)
    session.flush()


def current(session: Session) -> list[Alarm]:
    """The alarms that are up, oldest first."""
    rows = session.scalars(select(AlarmRow).where(AlarmRow.cleared_at.is_(None)).order_by(AlarmRow.since))
    return [Alarm(row.name, row.since, row.last_at, row.count, row.details) for row in rows]
