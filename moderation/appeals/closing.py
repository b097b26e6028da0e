"""What becomes of appeals when decisions are taken back, whether theirs or the answer to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.appeals.reading import find_by_case
from moderation.appeals.tables import AppealOutcome, AppealRow
from moderation.appeals.talking import told
from moderation.cases import opening, states
from moderation.cases.tables import CaseRow
from moderation.errors import ForbiddenArrowError
from moderation.values import CaseState, Effect


def taken_back(session: Session, decision_id: int, by: str, now: datetime) -> None:
    """A decision was taken back: who contested it has what they asked for, and nobody needs to answer."""
    statement = (
        select(AppealRow)
        .where(AppealRow.decision_id == decision_id, AppealRow.outcome.is_(None))
        .order_by(AppealRow.id)
    )
    for row in session.scalars(statement):
        row.outcome, row.closed_by, row.closed_at = AppealOutcome.TAKEN_BACK, by, now
        session.flush()
        close_case(session, row.case_id, by, now)


def reopened(session: Session, case_id: int) -> list[Effect]:
    """The answer to an appeal was undone: it waits again, and who contested is told."""
    row = find_by_case(session, case_id)
    if row is None or row.outcome is None:
        return []
    row.outcome, row.reply, row.answer_id, row.closed_by, row.closed_at = None, "", None, None, None
    session.flush()
    return [told(row, "reopened")]


def close_case(session: Session, case_id: int, by: str, now: datetime) -> None:
    """The case of an appeal is decided."""
    values = {"decided_by": by, "decided_at": now, "changed_by": by, "changed_what": "decided"}
    values |= {"claimed_by": None, "claimed_until": None}
    try:
        states.change(session, case_id, CaseState.DECIDED, now, version=CaseRow.version + 1, **values)
    except ForbiddenArrowError:
        return  # it is decided already
    opening.note(session, case_id, "decided", by, now)
