"""A moderator's answer to a case: a decision, or one half of a second opinion, or what is only stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from moderation.cases import claims, decisions, exclusions, states
from moderation.cases.tables import CaseRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.errors import ClaimedError, RefusedError, StaleError
from moderation.quality import golden, proposals, ratings, reviews, unread
from moderation.quality.states import move_proposal
from moderation.quality.tables import ProposalRow, ProposalState, StagedKind, StagedRow
from moderation.values import CaseState
from moderation.workforce import attendance


class What(StrEnum):
    """What became of an answer."""

    DECIDED = "decided"
    AGREED = "agreed"
    DIFFERING = "differing"
    STORED = "stored"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an answer; `decided` where it became a decision, `practice` the id of a golden answer."""

    what: What
    decided: Decided | None = None
    practice: int | None = None


def answer(session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime) -> Answer:
    """Answer a case. Nothing is committed; the caller enacts the effects in the same transaction.

    Raises what `decisions.decide` raises, and RefusedError for a case on which one has had one's say.
    """
    staged = session.get(StagedRow, case_id)
    if staged is not None:
        return _staged(session, staged, request, by, now)
    asked = proposals.waiting(session, case_id)
    if asked is None:
        return Answer(What.DECIDED, decisions.decide(session, case_id, request, by, now))
    return _second(session, asked, request, by, now)


def require_plain(session: Session, case_id: int) -> None:
    """Raise RefusedError for a case that is answered on its own page: a blind reading is no plain decision."""
    if session.get(StagedRow, case_id) is not None or proposals.waiting(session, case_id) is not None:
        raise RefusedError("this case is being read blind: open it and answer there")


def _second(session: Session, asked: ProposalRow, request: DecisionRequest, by: str, now: datetime) -> Answer:
    if not unread.is_unread_by(session, asked.case_id, by, now):
        raise RefusedError("you have had your say on this case; somebody else reads it now")
    first = ratings.from_json(asked.request)
    given: dict[str, Any] = {"second_by": by, "second_request": ratings.as_json(request), "second_at": now}
    if ratings.agree(first, request):
        wanted = replace(
            request,
            rule_id=request.rule_id or first.rule_id,
            reason=request.reason or first.reason,
            author_note=request.author_note or first.author_note,
            note=_notes(asked, first, request),
        )
        decided = decisions.decide(session, asked.case_id, wanted, by, now)
        given |= {"settled_at": now, "settled_by": by, "decision_id": decided.decision.id}
        move_proposal(session, asked.id, ProposalState.AGREED, **given)
        return Answer(What.AGREED, decided)
    _fit(session, asked.case_id, request, by, now)
    move_proposal(session, asked.id, ProposalState.DIFFERING, **given)
    case = session.get_one(CaseRow, asked.case_id)
    if case.assigned_to == by:
        case.assigned_to = None
        session.flush()
    claims.escalate(session, asked.case_id, by, now, "two who read it differ")
    return Answer(What.DIFFERING)


def _notes(asked: ProposalRow, first: DecisionRequest, second: DecisionRequest) -> str:
    parts = [f"with {asked.by}", first.note, second.note]
    return ". ".join(part for part in parts if part)[:5000]


def _staged(session: Session, staged: StagedRow, request: DecisionRequest, by: str, now: datetime) -> Answer:
    _fit(session, staged.case_id, request, by, now)
    if staged.kind is StagedKind.REVIEW:
        reviews.answer(session, staged, request, by, now)
        return Answer(What.STORED)
    return Answer(What.PRACTICE, practice=golden.answer(session, staged, request, by, now).id)


def _fit(session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime) -> None:
    """As for a decision: the case is undecided, as it was read, and nobody else's."""
    case = claims.find(session, case_id)
    exclusions.require(session, case_id, by, now)
    if case.state not in states.UNDECIDED:
        raise claims.stale(case)
    held = case.state is CaseState.CLAIMED and case.claimed_by != by
    if held and case.claimed_until is not None and case.claimed_until > now:
        raise ClaimedError(case.claimed_by or "", case.claimed_until)
    if request.version is not None and request.version != case.version:
        raise StaleError(case.changed_what, case.changed_by, case.changed_at, case.version)
    attendance.beat(session, by, attendance.kind_of(case), now)
