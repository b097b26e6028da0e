"""Frozen until it is mended: who is frozen for a post edits it, or answers, and its case comes back to who froze them;
without either it comes back once their time is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation import evidence, turns
from moderation.cases import assigned, due, opening, reversals, states
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseEventRow, CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.errors import NotFoundError, RefusedError
from moderation.evidence.tables import SnapshotCause
from moderation.values import Action, CaseState, Effect, Submission

ANSWER_LONGEST: Final = 2000
"""Characters."""
MOST_ANSWERS: Final = 5
"""Of one freeze."""


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
    _come_back(session, freeze, case, assigned.MENDED, now)
    return True


def answer(session: Session, decision_id: int, words: str, now: datetime) -> None:
    """A frozen author says something instead of mending: the case is open again, first for who froze them.

    Raises NotFoundError where no freeze of this number is in force, RefusedError for no words, too many, or too often.
    """
    turns.take(session)
    freeze = session.get(DecisionRow, decision_id)
    case = session.get(CaseRow, freeze.case_id, populate_existing=True) if freeze and freeze.case_id else None
    if freeze is None or case is None or not is_in_force(session, freeze):
        raise NotFoundError("nobody is frozen by such a decision")
    words = words.strip()
    if not words or len(words) > ANSWER_LONGEST:
        raise RefusedError(f"an answer has 1 to {ANSWER_LONGEST} characters")
    before = select(func.count(CaseEventRow.id)).where(
        CaseEventRow.case_id == case.id, CaseEventRow.what == assigned.ANSWERED, CaseEventRow.at >= freeze.made_at
    )
    if (session.scalar(before) or 0) >= MOST_ANSWERS:
        raise RefusedError("so much was answered already; a moderator reads it")
    _come_back(session, freeze, case, assigned.ANSWERED, now, {"note": words})


def note_unmended(session: Session, now: datetime, limit: int = 100) -> int:
    """Whose time to mend is over, at most `limit`, each once: their cases are the desk's again, overdue, and first for
    who froze them. They stay frozen until somebody decides. How many cases came back."""
    turns.take(session)
    statement = (
        select(DecisionRow)
        .where(DecisionRow.unmended_at.is_(None), DecisionRow.mend_by <= now)
        .order_by(DecisionRow.mend_by)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    back = 0
    for freeze in list(session.scalars(statement)):
        freeze.unmended_at = now
        case = session.get(CaseRow, freeze.case_id, populate_existing=True) if freeze.case_id else None
        if case is None or case.state is not CaseState.DECIDED or not is_in_force(session, freeze):
            continue
        due.not_overdue(session, case.id)
        case.due_at = freeze.mend_by
        _come_back(session, freeze, case, assigned.UNMENDED, now)
        back += 1
    session.flush()
    return back


def is_in_force(session: Session, freeze: DecisionRow) -> bool:
    """Whether a decision froze somebody, wasn't taken back, and no later one about the same froze them anew."""
    if freeze.action is not Action.FREEZE or freeze.reverses_id is not None:
        return False
    found = in_force(session, freeze.uri)
    return found is not None and found.id == freeze.id


def _come_back(
    session: Session,
    freeze: DecisionRow,
    case: CaseRow,
    what: str,
    now: datetime,
    details: Mapping[str, str] | None = None,
) -> None:
    """The case is open again, for a while for who froze its author alone."""
    if case.state is CaseState.DECIDED:
        values = {"decided_at": None, "decided_by": None, "changed_by": None, "changed_what": what}
        values |= {"assigned_to": freeze.made_by}
        session.flush()
        states.change(session, case.id, CaseState.OPEN, now, version=CaseRow.version + 1, **values)
        opening.note(session, case.id, what, None, now, details)
    elif case.state in states.UNDECIDED:
        opening.touch(session, case.id, what, None, now, details)


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
