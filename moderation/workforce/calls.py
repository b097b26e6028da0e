"""Calls as rows: who was called for what, in which order, and who has it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.errors import ConflictError, NotFoundError
from moderation.log import chain
from moderation.workforce.tables import CallRow

KEPT: Final = timedelta(days=90)
FIRST, DEPUTY, LEADS = 1, 2, 3


def of(session: Session, matter: str, now: datetime) -> CallRow:
    """The row of a matter, made where it is new."""
    row = session.scalars(select(CallRow).where(CallRow.matter == matter)).first()
    if row is None:
        row = CallRow(matter=matter, raised_at=now, called=[], stage=0)
        session.add(row)
        session.flush()
    elif row.over_at is not None:  # it is back: somebody is to look again
        row.over_at = row.taken_by = row.taken_at = row.called_at = None
        row.raised_at, row.called, row.stage = now, [], 0
    return row


def is_due(row: CallRow, now: datetime, patience: timedelta) -> bool:
    """Whether the next is to be called: nobody has it, and who was called had time to answer."""
    if row.taken_by is not None or row.stage >= LEADS:
        return False
    return row.called_at is None or now - row.called_at >= patience


def note(row: CallRow, names: Collection[str], stage: int, now: datetime) -> None:
    """These were called."""
    row.called = list(dict.fromkeys([*row.called, *names]))
    row.stage, row.called_at = stage, now


def take(session: Session, number: int, by: str, now: datetime) -> CallRow:
    """Somebody has it, and nobody else is called. Raises NotFoundError, ConflictError where somebody else has."""
    row = session.get(CallRow, number, with_for_update=True)
    if row is None or row.over_at is not None:
        raise NotFoundError("there is no such call any more")
    if row.taken_by not in (None, by):
        raise ConflictError(f"{row.taken_by} has it")
    row.taken_by, row.taken_at = by, now
    chain.append(session, by, "call_taken", f"call:{row.id}", {"matter": row.matter}, now)
    return row


def settle(session: Session, matters: Collection[str], now: datetime) -> None:
    """What isn't the matter any more is over."""
    for row in current(session):
        if row.matter not in matters:
            row.over_at = now


def current(session: Session) -> Sequence[CallRow]:
    """What people are called for, the oldest first."""
    return session.scalars(select(CallRow).where(CallRow.over_at.is_(None)).order_by(CallRow.id)).all()


def forget(session: Session, now: datetime) -> int:
    """Forget old ones; how many."""
    old = delete(CallRow).where(CallRow.over_at < now - KEPT)
    return len(session.scalars(old.returning(CallRow.id)).all())
