"""Frozen until it is mended: who is frozen for a post edits it, and its case comes back to who froze them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import evidence, turns
from moderation.cases import assigned, opening, reversals, states
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.evidence.tables import SnapshotCause
from moderation.values import Action, CaseState, Effect, Submission


def in_force(session: Session, uri: str) -> DecisionRow | None:
    """The freeze, not taken back, for which a post was hidden; None for every other post."""
    about = (
        select(DecisionCaseRow.decision_id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == DecisionCaseRow.case_id)
        .where(CaseSubjectRow.uri == uri)
    )
    statement = (
        select(DecisionRow)
        .where(DecisionRow.id.in_(about), DecisionRow.action == Action.FREEZE, ORIGINAL)
        .where(STANDS)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    row = session.scalars(statement).first()
    return row if row is not None and any(each.get("uri") == uri for each in row.effects) else None


def mended(session: Session, submission: Submission, now: datetime) -> bool:
    """A frozen author mended a post: evidence of it is kept, and its case is open again, first for who froze them.

    False where no freeze is in force for it.
    """
    turns.take(session)
    freeze = in_force(session, submission.uri)
    case = _case(session, freeze, submission.uri) if freeze is not None else None
    if freeze is None or case is None:
        return False
    evidence.take(session, [submission], SnapshotCause.EDIT, now)
    if case.state is CaseState.DECIDED:
        values = {"decided_at": None, "decided_by": None, "changed_by": None, "changed_what": assigned.MENDED}
        values |= {"assigned_to": freeze.made_by}
        states.change(session, case.id, CaseState.OPEN, now, version=CaseRow.version + 1, **values)
        opening.note(session, case.id, assigned.MENDED, None, now)
    elif case.state in states.UNDECIDED:
        opening.touch(session, case.id, assigned.MENDED, None, now)
    return True


def end(session: Session, case: CaseRow, action: Action, by: str, now: datetime) -> list[Effect]:
    """A case whose author is frozen for it is decided once more: the freeze is taken back first, with all it did."""
    freeze = in_force(session, case.uri) if action is not Action.FREEZE else None
    if freeze is None or case.state not in states.UNDECIDED:
        return []
    return list(reversals.reverse(session, freeze.id, "", by, now).effects)


def _case(session: Session, freeze: DecisionRow, uri: str) -> CaseRow | None:
    statement = (
        select(CaseRow)
        .join(DecisionCaseRow, DecisionCaseRow.case_id == CaseRow.id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
        .where(DecisionCaseRow.decision_id == freeze.id, CaseSubjectRow.uri == uri)
        .order_by(CaseRow.id)
        .limit(1)
    )
    return session.scalars(statement.execution_options(populate_existing=True)).first()
