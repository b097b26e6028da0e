"""By when a case should be decided, and what it weighs once that is over. All in UTC: a length, added to an instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.values import CaseOrigin

TERMS: Final[Mapping[CaseOrigin, timedelta]] = {
    CaseOrigin.CARE: timedelta(hours=1),
    CaseOrigin.WAVE: timedelta(hours=4),
    CaseOrigin.HOLD: timedelta(hours=4),
    CaseOrigin.REPORT: timedelta(hours=24),
    CaseOrigin.RETRY: timedelta(hours=24),
    CaseOrigin.APPEAL: timedelta(days=7),
}
"""From a case's opening. What is drawn at random has none: nobody waits for it."""
HOLD_ELSEWHERE: Final = timedelta(hours=24)
"""A post from elsewhere that is held: its author sees no waiting."""
NOTICE: Final = timedelta(hours=12)
"""A legal notice: the house knows from its receipt on, and may be liable."""
OVERDUE: Final = 2.0
"""What being past due weighs: as much as two days' more waiting."""


def of(origin: CaseOrigin, opened_at: datetime, *, local: bool) -> datetime | None:
    """By when a case that is opened now should be decided; None where nobody waits for it."""
    if origin is CaseOrigin.HOLD and not local:
        return opened_at + HOLD_ELSEWHERE
    term = TERMS.get(origin)
    return None if term is None else opened_at + term


def sooner(due_at: datetime | None, other: datetime) -> datetime:
    """What joins a case never gives it more time."""
    return other if due_at is None else min(due_at, other)


def not_overdue(session: Session, case_id: int) -> None:
    """Its time isn't over any more: it was given another."""
    row = session.get_one(CaseRow, case_id, populate_existing=True)
    parts = dict(row.rank_parts)
    row.rank -= parts.pop("overdue", 0.0)
    row.overdue_at, row.rank_parts = None, parts
    session.flush()


def note_overdue(session: Session, now: datetime, limit: int = 500) -> int:
    """Let cases whose time is over weigh more, each once; how many were. A decided one is only ticked off."""
    statement = (
        select(CaseRow)
        .where(CaseRow.overdue_at.is_(None), CaseRow.due_at <= now)
        .order_by(CaseRow.due_at, CaseRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = list(session.scalars(statement))
    for row in rows:
        row.overdue_at = now
        if row.state in UNDECIDED:
            row.rank_parts = {**row.rank_parts, "overdue": OVERDUE}
            row.rank += OVERDUE
    session.flush()
    return len(rows)
