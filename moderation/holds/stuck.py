"""Holds that won't end, or should have ended: what an admin must hear of, because no case and no clock shows it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.values import CaseState

SETTLED: Final = (CaseState.DECIDED, CaseState.CLOSED)
PATIENCE: Final = timedelta(minutes=15)
"""Ending them takes a minute; what is later isn't being ended."""


def endless(session: Session) -> int:
    """How many wait for a person, have no time of their own, and whose case nobody works on any more.

    What only a person may end, and nobody has seen yet, is none of them: its case comes with its first reader.
    """
    statement = (
        select(func.count())
        .select_from(HoldRow)
        .join(CaseRow, CaseRow.id == HoldRow.case_id)
        .where(HoldRow.state == HoldState.HELD, HoldRow.due_at.is_(None), CaseRow.state.in_(SETTLED))
    )
    return session.scalar(statement) or 0


def late(session: Session, now: datetime) -> int:
    """How many should have ended by themselves, and didn't."""
    statement = select(func.count()).select_from(HoldRow)
    statement = statement.where(HoldRow.state == HoldState.HELD, HoldRow.due_at <= now - PATIENCE)
    return session.scalar(statement) or 0
