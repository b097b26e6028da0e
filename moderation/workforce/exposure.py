"""How much that is grave somebody was given today: lighter work comes after that, and nobody is sent home."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseEventRow, CaseRow, DecisionRow
from moderation.policy import store


def heavy_labels(session: Session) -> tuple[str, ...]:
    """The labels that are grave by the policy in force."""
    policy = store.current(session)
    severe = {name for name, lines in policy.labels.items() if lines.severity >= policy.grave.heavy_from}
    return tuple(sorted(severe | policy.grave.labels))


def today(session: Session, name: str, heavy: tuple[str, ...], now: datetime) -> int:
    """How many grave cases somebody had before them since midnight, UTC: took, or decided without taking them first."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = select(CaseEventRow.case_id).where(
        CaseEventRow.by == name, CaseEventRow.what == "claimed", CaseEventRow.at >= midnight
    )
    decided = select(DecisionRow.case_id).where(
        DecisionRow.made_by == name, DecisionRow.made_at >= midnight, DecisionRow.case_id.is_not(None)
    )
    query = select(func.count(CaseRow.id)).where(CaseRow.id.in_(taken.union(decided)), CaseRow.label.in_(heavy))
    return session.scalar(query) or 0
