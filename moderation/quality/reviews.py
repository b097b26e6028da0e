"""Decided cases that somebody else reads again: drawn at random, answered blind, enacted only by a lead's word.

Besides the random part, what one person alone would make a figure or a line of: a sample that was found harmful, for
harm is so rare among what passes that wrong answers would outnumber it; and of held posts that were let in, those that
lines are proven by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import exclusions
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.cases.values import Decision, DecisionRequest
from moderation.errors import NotFoundError, RefusedError
from moderation.grave import about
from moderation.log import chain as log
from moderation.planning import risk
from moderation.policy import store
from moderation.quality import ratings, staging
from moderation.quality.ratings import Rating
from moderation.quality.states import move_review
from moderation.quality.tables import ProposalRow, ReviewRow, ReviewState, StagedKind, StagedRow
from moderation.reports.tables import ReportRow
from moderation.values import PUBLIC_KINDS, Action, CaseOrigin, CaseState, Scope, SubjectKind

LAPSES: Final = timedelta(days=14)
"""What nobody has read again by then is nobody's work any more."""
NEVER: Final = frozenset((CaseOrigin.CARE, CaseOrigin.APPEAL))


def draw(session: Session, decision: Decision, now: datetime, chance: float, *, others: bool) -> int | None:
    """Draw a decision that a person just made to be read again, if `chance` (from [0, 1)) says so or it is decisive;
    the review's id.

    `others`: whether there is anybody else to read it. Private posts, grave and care cases, waves and what two people
    have read already are never drawn.
    """
    case = session.get(CaseRow, decision.case_id) if decision.case_id is not None else None
    if case is None or not others or not _may_be_drawn(session, case, decision):
        return None
    category = category_of(session, case)
    drawn = chance < store.current(session).quality.share_of(category)
    if not drawn and not _is_decisive(session, case, decision.action):
        return None
    return _send_back(
        session, case, decision.id, decision.by, decision.action, decision.rule_id, now, decisive=not drawn
    )


def doubt(session: Session, decision_id: int, now: datetime, others: Callable[[str], bool]) -> int | None:
    """Send a decision back whose label looks wrong, if it may be read again at all; the review's id.

    `others`: whether there is anybody to read it besides the one of this name. What is never drawn isn't sent back,
    either, nor what was taken back or is sealed; whoever reads it can't tell it from what was drawn.
    """
    row = session.scalars(select(DecisionRow).where(DecisionRow.id == decision_id, ORIGINAL, STANDS)).first()
    case = session.get(CaseRow, row.case_id) if row is not None and row.case_id is not None else None
    if row is None or case is None or case.state is not CaseState.DECIDED or not others(row.made_by):
        return None
    known = session.scalar(select(ReviewRow.id).where(ReviewRow.decision_id == decision_id))
    if known is not None or not _may_be_drawn(session, case, row):
        return None
    return _send_back(session, case, row.id, row.made_by, row.action, row.rule_id, now, doubted=True)


def _send_back(
    session: Session,
    case: CaseRow,
    decision_id: int,
    by: str,
    action: Action,
    rule_id: str | None,
    now: datetime,
    *,
    doubted: bool = False,
    decisive: bool = False,
) -> int:
    row = ReviewRow(
        decision_id=decision_id,
        case_id=case.id,
        category=category_of(session, case),
        state=ReviewState.WAITING,
        first_by=by,
        first_action=action,
        first_rule=rule_id,
        drawn_at=now,
        doubted=doubted,
        decisive=decisive,
    )
    session.add(row)
    session.flush()
    staged = staging.stage(session, case, StagedKind.REVIEW, row.id, now)
    exclusions.exclude(session, staged, by, "decided")
    return row.id


def category_of(session: Session, case: CaseRow) -> str:
    """What a case is called: its label, or what it was reported as, or where it came from."""
    if case.label is not None:
        return case.label
    reported = select(ReportRow.category).where(ReportRow.case_id == case.id).order_by(ReportRow.id).limit(1)
    return session.scalar(reported) or case.origin.value


def answer(session: Session, staged: StagedRow, request: DecisionRequest, by: str, now: datetime) -> ReviewRow:
    """Store what the second reader would do. Nothing is enacted. Raises RefusedError, ForbiddenArrowError."""
    row = find(session, staged.source_id)
    if by == row.first_by:
        raise RefusedError("you have had your say on this case")
    same = ratings.alike(row.first_action, row.first_rule, request.action, request.rule_id)
    move_review(
        session,
        row.id,
        ReviewState.AGREED if same else ReviewState.DIFFERING,
        second_by=by,
        second_request=ratings.as_json(request),
        answered_at=now,
    )
    staging.answered(session, staged.case_id, by, now)
    return row


def differing(session: Session, limit: int = 50) -> list[ReviewRow]:
    """Reviews whose two answers differ and on which no lead has ruled, oldest first."""
    statement = select(ReviewRow).where(ReviewRow.state == ReviewState.DIFFERING).order_by(ReviewRow.id).limit(limit)
    return list(session.scalars(statement))


def uphold(session: Session, review_id: int, by: str, now: datetime) -> None:
    """A lead leaves the first decision as it is. Raises NotFoundError, ForbiddenArrowError."""
    row = find(session, review_id)
    move_review(session, row.id, ReviewState.UPHELD, ruled_by=by, ruled_at=now)
    log.append(session, by, "review_upheld", f"decision:{row.decision_id}", {"review": row.id}, now)


def change(session: Session, review_id: int, by: str, now: datetime) -> tuple[int, int, DecisionRequest]:
    """A lead wants the second answer: the decision to take back, its case, and what is decided in its place."""
    row = find(session, review_id)
    if not changeable(row) or row.second_request is None:
        raise RefusedError("what the second reader would do can't be put in the first one's place")
    move_review(session, row.id, ReviewState.CHANGED, ruled_by=by, ruled_at=now)
    log.append(session, by, "review_changed", f"decision:{row.decision_id}", {"review": row.id}, now)
    given = ratings.from_json(row.second_request)
    request = replace(given, note=f"after a second review. {given.note}".strip(), members=None)
    return row.decision_id, row.case_id, request


def lapse(session: Session, now: datetime, limit: int = 100) -> int:
    """Let go of what was drawn long ago and nobody has read; how many."""
    statement = (
        select(ReviewRow.id, StagedRow.case_id)
        .join(StagedRow, (StagedRow.source_id == ReviewRow.id) & (StagedRow.kind == StagedKind.REVIEW))
        .where(ReviewRow.state == ReviewState.WAITING, ReviewRow.drawn_at <= now - LAPSES)
        .order_by(ReviewRow.id)
        .limit(limit)
    )
    found = list(session.execute(statement))
    for number, case_id in found:
        move_review(session, number, ReviewState.LAPSED)
        staging.close(session, case_id, now)
    return len(found)


def find(session: Session, review_id: int) -> ReviewRow:
    """A review as it is now. Raises NotFoundError."""
    row = session.get(ReviewRow, review_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such second review")
    return row


def direction(row: ReviewRow) -> str:
    """Whether the second answer is `graver`, `milder` or `other` (the same grade, under another rule)."""
    first, second = rating_of(row)
    if second is None or first is second:
        return "other"
    return "graver" if ratings.graver(second, first) else "milder"


def _may_be_drawn(session: Session, case: CaseRow, decision: Decision | DecisionRow) -> bool:
    if decision.reverses_id is not None or decision.scope is Scope.DOMAIN:
        return False
    if case.kind is not SubjectKind.POST or case.members != 1 or case.origin in NEVER:
        return False
    if about.is_grave(session, case):  # nobody reads these for practice
        return False
    if session.get(StagedRow, case.id) is not None or _read_twice(session, case.id):
        return False
    newest = staging.evidence(session, case.uri)
    return newest is not None and newest.visibility in PUBLIC_KINDS


def _is_decisive(session: Session, case: CaseRow, action: Action) -> bool:
    """Whether somebody alone found harm in a sample, or let in a held post that stands for those that nobody held."""
    keeps = ratings.OF_ACTION[action] is Rating.KEEP
    if case.origin is CaseOrigin.AUDIT:
        return not keeps
    if case.origin is not CaseOrigin.HOLD or not keeps:
        return False
    subject = session.get(CaseSubjectRow, (case.id, case.uri))
    verdict = subject.verdict_id if subject is not None else None
    return verdict is not None and risk.lot(str(verdict)) < store.current(session).audits.rate


def _read_twice(session: Session, case_id: int) -> bool:
    query = select(ProposalRow.id).where(ProposalRow.case_id == case_id, ProposalRow.second_by.is_not(None)).limit(1)
    return session.scalar(query) is not None


def rating_of(row: ReviewRow) -> tuple[Rating, Rating | None]:
    """Both answers as ratings; the second is None while it waits."""
    second = ratings.OF_ACTION[ratings.from_json(row.second_request).action] if row.second_request else None
    return ratings.OF_ACTION[row.first_action], second


def changeable(row: ReviewRow) -> bool:
    """Whether the second answer can be put in the first one's place: it is a decision about the post."""
    return row.second_request is not None and ratings.from_json(row.second_request).scope is Scope.SUBJECT
