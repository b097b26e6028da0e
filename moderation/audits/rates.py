"""How often machines were wrong, from the random samples that people decided: per outcome, with intervals.

What somebody finds harmful that a machine let in is read again by another (`moderation.quality.reviews`), and waits
until both agree or a lead has ruled: wrong answers would outnumber what is rare. Where nobody else could read it, the
one answer counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.quality.agreement import Share, wilson
from moderation.quality.ratings import OF_ACTION, Rating
from moderation.quality.staging import PREFIX
from moderation.quality.tables import ReviewRow, ReviewState
from moderation.values import Action, CaseOrigin, CaseState, Outcome
from moderation.verdicts.tables import VerdictRow

LOOKED_BACK: Final = timedelta(days=180)
GRADE: Final[Mapping[Rating, int]] = {
    Rating.KEEP: 0,
    Rating.LABEL: 1,
    Rating.LIMIT: 2,
    Rating.REMOVE: 3,
    Rating.ACCOUNT: 3,
}
UNSETTLED: Final = frozenset((ReviewState.WAITING, ReviewState.DIFFERING))
MACHINES: Final[Mapping[Outcome, int]] = {Outcome.APPROVE: 0, Outcome.LABEL: 1, Outcome.LIMIT: 2, Outcome.REJECT: 3}


@dataclass(frozen=True, slots=True)
class OfOutcome:
    """What people said of the audited posts of one outcome. Shares are of those decided."""

    outcome: Outcome
    too_mild: Share
    too_strict: Share
    waiting: int

    @property
    def decided(self) -> int:
        """How many were decided."""
        return self.too_mild.of


def error_rates(session: Session, now: datetime) -> list[OfOutcome]:
    """Per outcome of the door, of the samples of the last 180 days that people decided and left so."""
    return of_span(session, now - LOOKED_BACK)


def of_span(session: Session, since: datetime, until: datetime | None = None) -> list[OfOutcome]:
    """The same of what was decided after `since`, and before `until`."""
    mild, strict, of = dict.fromkeys(MACHINES, 0), dict.fromkeys(MACHINES, 0), dict.fromkeys(MACHINES, 0)
    waiting = _waiting(session)
    for outcome, action, review, count in session.execute(_answers(since, until)):
        if outcome not in MACHINES:
            continue
        off = grade(outcome, action) - MACHINES[outcome]
        if off > 0 and review in UNSETTLED:
            waiting[outcome] = waiting.get(outcome, 0) + count
            continue
        of[outcome] += count
        mild[outcome] += count if off > 0 else 0
        strict[outcome] += count if off < 0 else 0
    return [
        OfOutcome(each, wilson(mild[each], of[each]), wilson(strict[each], of[each]), waiting.get(each, 0))
        for each in MACHINES
    ]


def grade(outcome: Outcome, action: Action) -> int:
    """What a person's answer to a post of this outcome amounts to: to leave it is to agree, to let it in is not."""
    if action is Action.NO_ACTION:
        return MACHINES[outcome]
    return GRADE[OF_ACTION[action]]


def _answers(since: datetime, until: datetime | None) -> Select[Outcome, Action, ReviewState | None, int]:
    """Decisions on samples, unless they were taken back; staged cases are no samples of what machines do."""
    return (
        select(VerdictRow.outcome, DecisionRow.action, ReviewRow.state, func.count())
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .join(CaseSubjectRow, (CaseSubjectRow.case_id == CaseRow.id) & (CaseSubjectRow.uri == CaseRow.uri))
        .join(VerdictRow, VerdictRow.id == CaseSubjectRow.verdict_id)
        .outerjoin(ReviewRow, ReviewRow.decision_id == DecisionRow.id)
        .where(CaseRow.origin == CaseOrigin.AUDIT, ~VerdictRow.by_person, DecisionRow.made_at > since)
        .where(ORIGINAL, true() if until is None else DecisionRow.made_at < until)
        .where(STANDS)
        .group_by(VerdictRow.outcome, DecisionRow.action, ReviewRow.state)
    )


def _waiting(session: Session) -> dict[Outcome, int]:
    statement = (
        select(VerdictRow.outcome, func.count())
        .join(CaseSubjectRow, CaseSubjectRow.verdict_id == VerdictRow.id)
        .join(CaseRow, CaseRow.id == CaseSubjectRow.case_id)
        .where(CaseRow.origin == CaseOrigin.AUDIT, CaseRow.state.in_((CaseState.OPEN, CaseState.CLAIMED)))
        .where(~CaseRow.uri.startswith(PREFIX))
        .group_by(VerdictRow.outcome)
    )
    return {outcome: count for outcome, count in session.execute(statement)}
