"""The crew changes while an appeal waits: it goes on to whoever may judge it now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.appeals.contesting import A_DAY, DECIDED_FIRST
from moderation.appeals.tables import AppealRow
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.values import CaseState


def open_ones(session: Session, limit: int) -> list[AppealRow]:
    """Appeals that nobody has answered and nobody has in hand, the oldest first."""
    statement = (
        select(AppealRow)
        .join(CaseRow, CaseRow.id == AppealRow.case_id)
        .where(AppealRow.outcome.is_(None), AppealRow.outside_at.is_(None), CaseRow.state == CaseState.OPEN)
        .order_by(AppealRow.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def reconsider(session: Session, row: AppealRow, crew: Collection[str], now: datetime, *, outside: bool) -> bool:
    """See who of the crew may judge an open appeal now; whether that is somebody else than before.

    With somebody else here, who decided first is out for good; with nobody, it goes `outside`, or waits a day for who
    decided. Who was asked outside stays asked.
    """
    decision = session.get_one(DecisionRow, row.decision_id)
    kept = exclusions.of(session, row.case_id)
    others = [name for name in crew if name != decision.made_by and name not in kept]
    barred = decision.made_by in kept and kept[decision.made_by].why != DECIDED_FIRST
    if others:
        return row.afresh_at is not None and _give(session, row, decision, None)
    if outside:
        row.outside_at = now
        return _give(session, row, decision, None)
    if barred or row.afresh_at is not None or decision.made_by not in crew:
        return False
    return _give(session, row, decision, now + A_DAY)


def _give(session: Session, row: AppealRow, decision: DecisionRow, afresh_at: datetime | None) -> bool:
    row.afresh_at = afresh_at
    kept = exclusions.of(session, row.case_id).get(decision.made_by)
    if kept is None or kept.why == DECIDED_FIRST:
        exclusions.exclude(session, row.case_id, decision.made_by, DECIDED_FIRST, afresh_at)
    session.flush()
    return True
