"""When people mean to work: a plan, which nothing is paid by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain
from moderation.workforce.tables import ShiftRow

LONGEST: Final = timedelta(hours=12)
FURTHEST: Final = timedelta(days=370)
MOST_A_PERSON: Final = 500


def plan(session: Session, name: str, begins: datetime, ends: datetime, by: str, now: datetime) -> None:
    """Put a shift into the plan. Raises RefusedError for one that overlaps another of theirs, is too long, or past."""
    if not timedelta() < ends - begins <= LONGEST:
        raise RefusedError("a shift has up to twelve hours")
    if ends <= now or begins > now + FURTHEST:
        raise RefusedError("a shift is planned for the year to come")
    mine = select(func.count()).select_from(ShiftRow).where(ShiftRow.name == name, ShiftRow.ends_at > now)
    if session.scalar(mine.where(ShiftRow.begins_at < ends, ShiftRow.ends_at > begins)):
        raise RefusedError("this overlaps another shift")
    if (session.scalar(mine) or 0) >= MOST_A_PERSON:
        raise RefusedError("that is too much of a plan")
    session.add(ShiftRow(name=name, begins_at=begins, ends_at=ends, made_by=by))
    session.flush()
    said = {"begins": begins.isoformat(), "ends": ends.isoformat()}
    chain.append(session, by, "shift_planned", f"crew:{name}", said, now)


def find(session: Session, number: int) -> ShiftRow:
    """One of the plan. Raises NotFoundError."""
    row = session.get(ShiftRow, number)
    if row is None:
        raise NotFoundError("there is no such shift")
    return row


def remove(session: Session, row: ShiftRow, by: str, now: datetime) -> None:
    """Take a shift out of the plan."""
    said = {"begins": row.begins_at.isoformat(), "ends": row.ends_at.isoformat()}
    chain.append(session, by, "shift_removed", f"crew:{row.name}", said, now)
    session.delete(row)
    session.flush()


def between(session: Session, since: datetime, until: datetime) -> list[ShiftRow]:
    """The plan of a span of time."""
    query = select(ShiftRow).where(ShiftRow.ends_at > since, ShiftRow.begins_at < until)
    return list(session.scalars(query.order_by(ShiftRow.begins_at, ShiftRow.name, ShiftRow.id)))
