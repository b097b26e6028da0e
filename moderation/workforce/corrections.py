"""Minutes that were missing or too many: asked for with a reason, granted by somebody else, never written over."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain
from moderation.workforce.tables import CorrectionRow

MOST_MINUTES: Final = 12 * 60
REASON_LONGEST: Final = 500
OLDEST: Final = timedelta(days=366)
MOST_WAITING: Final = 50


def ask(session: Session, name: str, day: date, minutes: int, reason: str, by: str, now: datetime) -> CorrectionRow:
    """Ask for one. Raises RefusedError."""
    if not minutes or abs(minutes) > MOST_MINUTES:
        raise RefusedError("a correction is of up to twelve hours")
    if not reason or len(reason) > REASON_LONGEST:
        raise RefusedError("say why, in up to 500 characters")
    if not now.date() - OLDEST <= day <= now.date() + timedelta(days=1):
        raise RefusedError("a correction is of a day of the last year")
    if len(waiting(session, name)) >= MOST_WAITING:
        raise RefusedError("wait until those that you asked for are looked at")
    row = CorrectionRow(name=name, day=day, minutes=minutes, reason=reason, asked_by=by, asked_at=now)
    session.add(row)
    session.flush()
    said: dict[str, str | int | bool | None] = {"day": day.isoformat(), "minutes": minutes, "reason": reason}
    chain.append(session, by, "correction_asked", f"crew:{name}", said, now)
    return row


def find(session: Session, number: int) -> CorrectionRow:
    """Raises NotFoundError."""
    row = session.get(CorrectionRow, number, populate_existing=True, with_for_update=True)
    if row is None:
        raise NotFoundError("there is no such correction")
    return row


def rule(session: Session, row: CorrectionRow, by: str, now: datetime, *, granted: bool) -> None:
    """A lead's word. Raises RefusedError where there is one already."""
    if row.granted is not None:
        raise RefusedError("this was looked at already")
    row.granted, row.ruled_by, row.ruled_at = granted, by, now
    session.flush()
    verb = "correction_granted" if granted else "correction_refused"
    chain.append(session, by, verb, f"crew:{row.name}", {"correction": row.id, "minutes": row.minutes}, now)


def waiting(session: Session, name: str | None = None) -> list[CorrectionRow]:
    """Those that nobody has looked at, of one person or of all."""
    query = select(CorrectionRow).where(CorrectionRow.granted.is_(None)).order_by(CorrectionRow.id)
    return list(session.scalars(query if name is None else query.where(CorrectionRow.name == name)))


def of(session: Session, name: str, limit: int = 30) -> list[CorrectionRow]:
    """Somebody's, the newest first."""
    query = select(CorrectionRow).where(CorrectionRow.name == name).order_by(CorrectionRow.id.desc())
    return list(session.scalars(query.limit(limit)))


def for_sheet(session: Session, name: str, until: date) -> list[CorrectionRow]:
    """Granted, on no sheet yet, and of days before `until`: they stand on the next one that is approved."""
    query = select(CorrectionRow).where(
        CorrectionRow.name == name,
        CorrectionRow.granted.is_(True),
        CorrectionRow.sheet_id.is_(None),
        CorrectionRow.day < until,
    )
    return list(session.scalars(query.order_by(CorrectionRow.day, CorrectionRow.id)))
