"""Proposed decisions: a second opinion given blind, a trainee's word, and what colleagues think of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import turns
from moderation.cases import claims, exclusions, opening, plans, states
from moderation.cases.tables import CaseRow, DecisionCaseRow
from moderation.cases.values import DecisionRequest
from moderation.errors import ClaimedError, NotFoundError, RefusedError, StaleError
from moderation.quality import ratings
from moderation.quality.states import move_proposal
from moderation.quality.tables import ProposalKind, ProposalRow, ProposalState, StagedRow, ThumbRow
from moderation.queues import hiding
from moderation.rows import slices, upsert
from moderation.values import CaseState
from moderation.workforce import attendance

RESTS: Final = timedelta(hours=12)
"""Where nobody else could read it, a case is shown to the same person afresh after this long."""
LONGEST: Final = 5000
OPEN: Final = (ProposalState.WAITING, ProposalState.DIFFERING)


@dataclass(frozen=True, slots=True)
class Thumb:
    """A colleague's word on a proposal."""

    by: str
    up: bool
    words: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed decision as those may see it who have had their say."""

    id: int
    case_id: int
    kind: ProposalKind
    state: ProposalState
    by: str
    request: DecisionRequest
    made_at: datetime
    own_from: datetime | None
    second_by: str | None
    second: DecisionRequest | None
    thumbs: tuple[Thumb, ...] = ()


def ask(
    session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime, *, alone: bool = False
) -> Proposal:
    """Ask for a second opinion on what one would decide: the case leaves one's hands, and goes to somebody else.

    `alone`: nobody else could read it, so that it rests, and comes back to be read afresh.
    Raises ClaimedError, StaleError, RefusedError, ExcludedError, NotFoundError.
    """
    case = _open(session, case_id, request, by, now)
    if waiting(session, case_id) is not None:
        raise RefusedError("a second opinion on this case is asked for already")
    row = _write(session, case_id, ProposalKind.SECOND, request, by, now)
    row.own_from = now + RESTS if alone else None
    if case.assigned_to == by and not alone:
        case.assigned_to = None
    session.flush()
    claims.release(session, case_id, by, now)
    opening.note(session, case_id, "second_opinion", by, now)
    return proposal_of(row)


def propose(session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime) -> Proposal:
    """A trainee's proposal; it takes the place of an earlier one of theirs. Raises as `ask` does."""
    attendance.beat(session, by, attendance.kind_of(_open(session, case_id, request, by, now)), now)
    before = session.scalars(
        select(ProposalRow).where(
            ProposalRow.case_id == case_id,
            ProposalRow.kind == ProposalKind.TRAINEE,
            ProposalRow.state == ProposalState.WAITING,
            ProposalRow.by == by,
        )
    ).first()
    if before is not None:
        before.request, before.made_at = ratings.as_json(request), now
        session.flush()
        return proposal_of(before)
    row = _write(session, case_id, ProposalKind.TRAINEE, request, by, now)
    opening.note(session, case_id, "proposed", by, now)
    return proposal_of(row)


def thumb(session: Session, proposal_id: int, by: str, now: datetime, *, up: bool, words: str = "") -> None:
    """A colleague's word on an open proposal; a second one takes the place of the first. Raises RefusedError,
    ExcludedError, NotFoundError.
    """
    row = find(session, proposal_id)
    exclusions.require(session, row.case_id, by, now)
    if row.state not in OPEN:
        raise RefusedError("this proposal is settled")
    if by in (row.by, row.second_by):
        raise RefusedError("your own word on it is known")
    if row.kind is ProposalKind.SECOND and row.state is ProposalState.WAITING:
        raise RefusedError("a second opinion is given blind: decide the case instead")
    value = {"proposal_id": proposal_id, "by": by, "up": up, "words": words[:500], "at": now}
    upsert(session, ThumbRow, [value], put=("up", "words", "at"))


def waiting(session: Session, case_id: int) -> ProposalRow | None:
    """The second opinion that is asked for on a case, while nobody has given it."""
    statement = select(ProposalRow).where(
        ProposalRow.case_id == case_id,
        ProposalRow.kind == ProposalKind.SECOND,
        ProposalRow.state == ProposalState.WAITING,
    )
    return session.scalars(statement.order_by(ProposalRow.id.desc()).limit(1)).first()


def differ(session: Session, case_id: int) -> bool:
    """Whether two have read a case and would do different things, so that it is a lead's."""
    query = select(ProposalRow.id).where(ProposalRow.case_id == case_id, ProposalRow.state == ProposalState.DIFFERING)
    return session.scalar(query.limit(1)) is not None


def of_case(session: Session, case_id: int) -> list[Proposal]:
    """Every proposal on a case, oldest first."""
    rows = list(
        session.scalars(select(ProposalRow).where(ProposalRow.case_id == case_id).order_by(ProposalRow.id).limit(50))
    )
    return _with_thumbs(session, rows)


def of_trainee(session: Session, by: str, limit: int = 20) -> list[Proposal]:
    """What somebody proposed while learning, the latest first."""
    statement = (
        select(ProposalRow)
        .where(ProposalRow.by == by, ProposalRow.kind == ProposalKind.TRAINEE)
        .order_by(ProposalRow.id.desc())
        .limit(limit)
    )
    return _with_thumbs(session, list(session.scalars(statement)))


def find(session: Session, proposal_id: int) -> ProposalRow:
    """A proposal as it is now. Raises NotFoundError."""
    row = session.get(ProposalRow, proposal_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such proposal")
    return row


def accepted(session: Session, proposal_id: int, by: str) -> tuple[int, DecisionRequest]:
    """The case and the decision of a trainee's proposal that `by` makes their own. Raises RefusedError."""
    row = find(session, proposal_id)
    if row.kind is not ProposalKind.TRAINEE or row.state is not ProposalState.WAITING:
        raise RefusedError("this proposal can't be accepted any more")
    if row.by == by:
        raise RefusedError("somebody else accepts what you proposed")
    request = ratings.from_json(row.request)
    version = session.get_one(CaseRow, row.case_id).version
    return row.case_id, replace(request, version=version, note=f"proposed by {row.by}. {request.note}".strip())


def settle(session: Session, decision_id: int, by: str, now: datetime, accepted_id: int | None = None) -> None:
    """What waits on the cases that a decision closed is settled by it."""
    cases = select(DecisionCaseRow.case_id).where(DecisionCaseRow.decision_id == decision_id)
    statement = select(ProposalRow.id).where(ProposalRow.case_id.in_(cases), ProposalRow.state.in_(OPEN))
    for number in list(session.scalars(statement.order_by(ProposalRow.id))):
        to = ProposalState.ACCEPTED if number == accepted_id else ProposalState.SETTLED
        move_proposal(session, number, to, settled_at=now, settled_by=by, decision_id=decision_id)


def proposal_of(row: ProposalRow, thumbs: Sequence[Thumb] = ()) -> Proposal:
    """The value of a row."""
    return Proposal(
        row.id,
        row.case_id,
        row.kind,
        row.state,
        row.by,
        ratings.from_json(row.request),
        row.made_at,
        row.own_from,
        row.second_by,
        ratings.from_json(row.second_request) if row.second_request else None,
        tuple(thumbs),
    )


def _open(session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime) -> CaseRow:
    """The case, if it can still be proposed on."""
    turns.take(session)
    if request.scope not in plans.SCOPES[request.action]:
        raise RefusedError(f"“{request.action}” can't be decided for “{request.scope}”")
    if max(map(len, (request.reason, request.note, request.author_note))) > LONGEST:
        raise RefusedError(f"a reason or note has at most {LONGEST} characters")
    exclusions.require(session, case_id, by, now)
    case = claims.find(session, case_id)
    if case.state not in states.UNDECIDED:
        raise claims.stale(case)
    hiding.require_shown(case, request)
    if session.get(StagedRow, case_id) is not None:
        raise RefusedError("this one is for your own answer")
    if request.version is not None and request.version != case.version:
        raise StaleError(case.changed_what, case.changed_by, case.changed_at, case.version)
    held = case.state is CaseState.CLAIMED and case.claimed_by != by
    if held and case.claimed_until is not None and case.claimed_until > now:
        raise ClaimedError(case.claimed_by or "", case.claimed_until)
    return case


def _write(
    session: Session, case_id: int, kind: ProposalKind, request: DecisionRequest, by: str, now: datetime
) -> ProposalRow:
    row = ProposalRow(
        case_id=case_id,
        kind=kind,
        state=ProposalState.WAITING,
        by=by,
        request=ratings.as_json(request),
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _with_thumbs(session: Session, rows: Sequence[ProposalRow]) -> list[Proposal]:
    found = _thumbs(session, [row.id for row in rows])
    return [proposal_of(row, found.get(row.id, [])) for row in rows]


def _thumbs(session: Session, ids: Iterable[int]) -> dict[int, list[Thumb]]:
    found: dict[int, list[Thumb]] = {}
    for part in slices(ids):
        statement = select(ThumbRow).where(ThumbRow.proposal_id.in_(part)).order_by(ThumbRow.at, ThumbRow.by)
        for row in session.scalars(statement):
            found.setdefault(row.proposal_id, []).append(Thumb(row.by, row.up, row.words))
    return found
