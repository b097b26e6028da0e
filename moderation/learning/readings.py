"""What people said of posts: decisions that stand, second opinions, second reviews, and answers to appeals.

Trainees' proposals and golden cases are practice, and no word of theirs is here; nor is a machine's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation import warnings
from moderation.appeals.tables import AppealOutcome, AppealRow
from moderation.authors.strikes import ENDED_BY
from moderation.cases.in_force import ORIGINAL, WHOLE
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.quality.ratings import from_json
from moderation.quality.tables import ProposalKind, ProposalRow, ReviewRow
from moderation.rows import slices
from moderation.values import Action, CaseOrigin, CaseState, Scope, SubjectKind
from moderation.verdicts.tables import VerdictRow

KINDS: Final = (SubjectKind.POST, SubjectKind.EDIT)
_UNREAD: Final = (CaseOrigin.CARE,)
"""Care is for its author: that nothing was done says nothing of the text."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's word on a post."""

    by: str
    at: datetime
    action: Action
    rule_id: str | None
    warned: str | None
    appeal: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that stands, on a case about a post, with what others said of the same case."""

    decision: DecisionRow
    case: CaseRow
    answers: tuple[Answer, ...]


def touched(session: Session, since: datetime | None) -> list[str]:
    """Subjects of which somebody said something, or took it back, since then; of all time if None."""
    statements: list[Select[str]] = [
        _since(select(DecisionRow.uri), DecisionRow.made_at, since),
        _since(
            select(DecisionRow.uri).join(AppealRow, AppealRow.decision_id == DecisionRow.id), AppealRow.closed_at, since
        ),
        _since(select(CaseRow.uri).join(ProposalRow, ProposalRow.case_id == CaseRow.id), ProposalRow.second_at, since),
        _since(
            select(DecisionRow.uri).join(ReviewRow, ReviewRow.decision_id == DecisionRow.id),
            ReviewRow.answered_at,
            since,
        ),
    ]
    return sorted(session.scalars(union(*statements)))


def of(session: Session, uris: Iterable[str]) -> dict[str, list[Decided]]:
    """By subject, the decisions that stand, oldest first, each with everybody's answers."""
    found: dict[str, list[Decided]] = defaultdict(list)
    for part in slices(uris):
        rows = _standing(session, part)
        others = _opinions(session, rows)
        for decision, case in rows:
            own = _own(session, decision)
            found[decision.uri].append(Decided(decision, case, (*others.get(decision.id, ()), own)))
    return found


def _since(
    statement: Select[str],
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    since: datetime | None,
) -> Select[str]:
    return statement.where(at.is_not(None) if since is None else at > since)


def _standing(session: Session, uris: Sequence[str]) -> list[tuple[DecisionRow, CaseRow]]:
    """People's decisions about these posts that nobody took back. That a term is over takes nothing back."""
    statement = (
        select(DecisionRow, CaseRow)
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(DecisionRow.uri.in_(uris), ORIGINAL, WHOLE, DecisionRow.scope != Scope.DOMAIN)
        .where(DecisionRow.made_by != ENDED_BY, CaseRow.kind.in_(KINDS), CaseRow.uri == DecisionRow.uri)
        .where(CaseRow.origin.not_in(_UNREAD), CaseRow.state != CaseState.SEALED)
        .order_by(DecisionRow.id)
    )
    rows = [(decision, case) for decision, case in session.execute(statement)]
    gone = _taken_back(session, [decision.id for decision, _ in rows])
    upheld = _answers_only(session, [case.id for _, case in rows if case.origin is CaseOrigin.APPEAL])
    return [(one, case) for one, case in rows if one.id not in gone and case.id not in upheld]


def _taken_back(session: Session, decisions: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for part in slices(decisions):
        statement = select(DecisionRow.reverses_id).where(
            DecisionRow.reverses_id.in_(part), DecisionRow.made_by != ENDED_BY
        )
        found.update(number for number in session.scalars(statement) if number is not None)
    return found


def _answers_only(session: Session, cases: Sequence[int]) -> set[int]:
    """Cases of appeals that left what was decided as it was: their own decision says no more than that."""
    found: set[int] = set()
    for part in slices(cases):
        statement = select(AppealRow.case_id).where(
            AppealRow.case_id.in_(part), AppealRow.outcome == AppealOutcome.UPHOLD
        )
        found.update(session.scalars(statement))
    return found


def _own(session: Session, decision: DecisionRow) -> Answer:
    warned = None
    if decision.action is Action.LABEL:
        put = select(VerdictRow.warning).where(VerdictRow.uri == decision.uri, VerdictRow.decision_id == decision.id)
        warned = warnings.label_of(session.scalar(put.order_by(VerdictRow.id.desc()).limit(1)))
    return Answer(
        decision.made_by, decision.made_at, decision.action, decision.rule_id, warned, appeal=decision.note == "appeal"
    )


def _opinions(session: Session, rows: Sequence[tuple[DecisionRow, CaseRow]]) -> dict[int, list[Answer]]:
    """By decision, what others said of its case without knowing of it, and who left it so after an appeal."""
    found: dict[int, list[Answer]] = defaultdict(list)
    by_case = {case.id: decision for decision, case in rows}
    by_id = {decision.id: decision for decision, _ in rows}
    for part in slices(by_case):
        opinions = select(ProposalRow).where(ProposalRow.case_id.in_(part), ProposalRow.kind == ProposalKind.SECOND)
        for opinion in session.scalars(opinions.where(ProposalRow.second_by.is_not(None)).order_by(ProposalRow.id)):
            found[by_case[opinion.case_id].id] += _of_proposal(opinion)
    for part in slices(by_id):
        reviews = select(ReviewRow).where(ReviewRow.decision_id.in_(part), ReviewRow.second_by.is_not(None))
        for review in session.scalars(reviews.order_by(ReviewRow.id)):
            found[review.decision_id] += _of_review(review)
        kept = select(AppealRow).where(AppealRow.decision_id.in_(part), AppealRow.outcome == AppealOutcome.UPHOLD)
        for appeal in session.scalars(kept.order_by(AppealRow.id)):
            found[appeal.decision_id].append(_of_appeal(appeal, by_id[appeal.decision_id]))
    return found


def _of_proposal(row: ProposalRow) -> list[Answer]:
    first, second = from_json(row.request), from_json(row.second_request or row.request)
    seconded_at = row.second_at or row.made_at
    return [
        Answer(row.by, row.made_at, first.action, first.rule_id, warnings.label_of(first.warning), second=True),
        Answer(
            row.second_by or "", seconded_at, second.action, second.rule_id, warnings.label_of(second.warning),
            second=True,
        ),
    ]  # fmt: skip


def _of_review(row: ReviewRow) -> list[Answer]:
    if row.second_request is None:
        return []
    given = from_json(row.second_request)
    at = row.answered_at or row.drawn_at
    return [Answer(row.second_by or "", at, given.action, given.rule_id, warnings.label_of(given.warning), second=True)]


def _of_appeal(row: AppealRow, first: DecisionRow) -> Answer:
    at = row.closed_at or row.filed_at
    return Answer(row.closed_by or "", at, first.action, first.rule_id, None, appeal=True)
