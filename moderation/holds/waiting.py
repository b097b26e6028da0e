"""How long holds wait for a person, from what really happened."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.values import CaseOrigin, CaseState

LOOKED_BACK: Final = timedelta(days=7)
LOOKED_AT: Final = 200
ENOUGH: Final = 5
HELD: Final = (CaseOrigin.HOLD, CaseOrigin.WAVE, CaseOrigin.REPORT)


def waiting_time(session: Session, now: datetime) -> timedelta | None:
    """The median from a case's opening to a person's decision; None while too few were decided to say."""
    statement = (
        select(CaseRow.opened_at, CaseRow.decided_at)
        .where(CaseRow.decided_at > now - LOOKED_BACK, CaseRow.state == CaseState.DECIDED)
        .where(CaseRow.origin.in_(HELD))
        .order_by(CaseRow.decided_at.desc())
        .limit(LOOKED_AT)
    )
    waits = [decided - opened for opened, decided in session.execute(statement) if decided is not None]
    seconds = [wait.total_seconds() for wait in waits]
    return timedelta(seconds=median(seconds)) if len(seconds) >= ENOUGH else None
