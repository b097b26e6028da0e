"""Lines from who leaves to who comes: shown at the start of a shift until they are read, for a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.rows import upsert
from moderation.workforce.tables import HandoverReadRow, HandoverRow

LONGEST: Final = 1000
SHOWN_FOR: Final = timedelta(days=7)
KEPT: Final = timedelta(days=90)
MOST_SHOWN: Final = 10


def write(session: Session, by: str, text: str, meant_for: str | None, now: datetime) -> None:
    """Leave a line. Raises RefusedError where it says nothing, or too much."""
    said = text.strip()
    if not said or len(said) > LONGEST:
        raise RefusedError(f"a line has 1 to {LONGEST} characters")
    session.add(HandoverRow(written_by=by, meant_for=meant_for, text=said, written_at=now))
    session.flush()


def unread(session: Session, name: str, now: datetime) -> Sequence[HandoverRow]:
    """What somebody hasn't read yet, the latest first."""
    read = select(HandoverReadRow.handover_id).where(HandoverReadRow.name == name)
    query = (
        select(HandoverRow)
        .where(HandoverRow.written_at > now - SHOWN_FOR, HandoverRow.written_by != name)
        .where(or_(HandoverRow.meant_for.is_(None), HandoverRow.meant_for == name), HandoverRow.id.not_in(read))
        .order_by(HandoverRow.written_at.desc(), HandoverRow.id.desc())
    )
    return session.scalars(query.limit(MOST_SHOWN)).all()


def mark_read(session: Session, number: int, name: str) -> None:
    """Somebody has read it. Raises NotFoundError for one that isn't for them."""
    row = session.get(HandoverRow, number)
    if row is None or row.meant_for not in (None, name):
        raise NotFoundError("there is no such line for you")
    upsert(session, HandoverReadRow, [{"handover_id": number, "name": name}])


def forget(session: Session, now: datetime) -> int:
    """Forget old ones; how many."""
    old = session.scalars(select(HandoverRow.id).where(HandoverRow.written_at < now - KEPT)).all()
    if old:
        session.execute(delete(HandoverReadRow).where(HandoverReadRow.handover_id.in_(old)))
        session.execute(delete(HandoverRow).where(HandoverRow.id.in_(old)))
    return len(old)
