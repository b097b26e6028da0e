"""Decisions: a person's word on a case, carried out at once, and never by two people at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from moderation import pile_ons, turns
from moderation.authors import strikes
from moderation.cases import (
    carrying,
    claims,
    clusters,
    exclusions,
    freezing,
    linking,
    meanwhile,
    opening,
    parts,
    plans,
    states,
    targets,
    telling,
    writing,
)
from moderation.cases.plans import Step, Target
from moderation.cases.priority import Rank
from moderation.cases.reading import decision_of
from moderation.cases.reversals import expire_due, reverse, undo_last
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Decided, DecisionRequest
from moderation.errors import ClaimedError, ForbiddenArrowError, RefusedError, StaleError
from moderation.holds.tables import HoldRow, HoldState
from moderation.log import chain as log
from moderation.policy import store
from moderation.queues import hiding
from moderation.rows import insert_many, slices, table_of
from moderation.values import CaseOrigin, CaseState, Effect, Scope
from moderation.workforce import attendance

__all__ = ["decide", "expire_due", "reverse", "undo_last"]

REASON_LONGEST: Final = 5000
LONGEST_TERM: Final = timedelta(days=3660)


def decide(
    session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime, *, answers: bool = False
) -> Decided:
    """Decide a case. Nothing is committed; the caller enacts the effects in the same transaction.

    An appeal is answered, not decided: only moderation.appeals, which `answers` it, may decide its case.

    Raises ClaimedError where another holds it, StaleError where it changed since `request.version`, AuthorDecidedError
    where a colleague decided about its author since `request.author_decision`, RefusedError for what isn't possible,
    ExcludedError where it isn't for them to decide, NotFoundError.
    """
    turns.take(session)
    _require(request)
    asked = claims.find(session, case_id)
    exclusions.require(session, case_id, by, now)
    _require_fitting(asked, request, answers=answers)
    meanwhile.require_as_seen(session, asked, request, by, now)
    chosen, unticked = targets.ticked(session, asked, request, now)
    ended = freezing.end(session, asked, request.action, by, now)
    case = win(session, case_id, request, by, now)
    decision = writing.write(session, case, request, by, now)
    reached = targets.find(session, case, chosen, request, now)
    left = {each.uri for each in unticked}
    reached = [each for each in reached if each.uri not in left]
    others, reached = targets.settle_others(session, case, reached, request, by, now)
    _keep_held(session, case, unticked, now)
    cases = [case.id, *others]
    insert_many(session, DecisionCaseRow, [{"decision_id": decision.id, "case_id": each} for each in cases])
    effects = _carry_out(session, case, decision, request, reached, cases, now)
    effects += parts.carry_out(session, case, decision, request, authors_of(case, request, reached), now)
    refused = linking.carry_out(session, case, decision, request, [case.uri, *(each.uri for each in reached)], now)
    opening.note_many(session, cases, "decided", by, now, {"decision": decision.id})
    said = {"case": case.id, "decision": decision.id, "action": request.action.value, "scope": request.scope.value}
    log.append(
        session,
        by,
        "decided",
        case.uri,
        said | {"rule": decision.rule_id} | parts.said(request) | linking.said(refused),
        now,
    )
    return Decided(decision_of(decision), (*ended, *effects))


def require_possible(case: CaseRow, request: DecisionRequest) -> None:
    """Raise RefusedError for what can't be decided of this case."""
    _require(request)
    _require_fitting(case, request, answers=False)


def _require(request: DecisionRequest) -> None:
    if request.scope not in plans.SCOPES[request.action]:
        raise RefusedError(f"“{request.action}” can't be decided for “{request.scope}”")
    if max(map(len, (request.reason, request.note, request.author_note, request.answer))) > REASON_LONGEST:
        raise RefusedError(f"a reason or note has at most {REASON_LONGEST} characters")
    if request.author_note and request.action in plans.HARMLESS:
        raise RefusedError("a note to the author goes along with what restricts them; this restricts nobody")
    terms = [request.expires_in, *(each.expires_in for each in request.further)]
    if not all(each is None or timedelta(0) < each <= LONGEST_TERM for each in terms):
        raise RefusedError("a term is longer than nothing and at most ten years")


def _require_fitting(case: CaseRow, request: DecisionRequest, *, answers: bool) -> None:
    if case.origin is CaseOrigin.APPEAL and not answers:
        raise RefusedError("an appeal is answered: upheld, overturned or varied")
    hiding.require_shown(case, request)
    if not case.local and plans.MEMBERS_ONLY & {request.action, *(each.action for each in request.further)}:
        raise RefusedError(f"“{request.action}” is for accounts of this server")
    if case.label == pile_ons.LABEL and request.action not in plans.HARMLESS:
        raise RefusedError("this case is for the member, never against them")
    if request.ignores_reports and request.action not in plans.HARMLESS:
        raise RefusedError("only what is left as it is can go without further reports")
    plans.require_further(request.action, [(each.action, each.scope) for each in request.further])
    asked = [(request.action, request.scope), *((each.action, each.scope) for each in request.further)]
    if case.local and any(scope is Scope.DOMAIN for _, scope in asked):
        raise RefusedError("this server's own domain can't be ruled on")


def win(session: Session, case_id: int, request: DecisionRequest, by: str, now: datetime) -> CaseRow:
    """Close the case in one atomic step, which one of several moderators takes."""
    table = table_of(CaseRow)
    unchanged = table.c.version == request.version if request.version is not None else true()
    try:
        won = states.change(
            session,
            case_id,
            CaseState.DECIDED,
            now,
            claims.free_for(by, now),
            unchanged,
            version=table.c.version + 1,
            decided_by=by,
            decided_at=now,
            changed_by=by,
            changed_what="decided",
            claimed_by=None,
            claimed_until=None,
        )
    except ForbiddenArrowError as error:
        raise claims.stale(session.get_one(CaseRow, case_id)) from error
    case = session.get_one(CaseRow, case_id)
    if won:
        attendance.beat(session, by, attendance.kind_of(case), now)
        return case
    if case.claimed_by not in (None, by) and case.claimed_until is not None and case.claimed_until > now:
        raise ClaimedError(case.claimed_by or "", case.claimed_until)
    raise StaleError(case.changed_what, case.changed_by, case.changed_at, case.version)


def _carry_out(
    session: Session,
    case: CaseRow,
    decision: DecisionRow,
    request: DecisionRequest,
    reached: Sequence[Target],
    cases: Sequence[int],
    now: datetime,
) -> list[Effect]:
    authors = authors_of(case, request, reached)
    steps = [*plans.posts(request.action, reached), *plans.accounts(request.action, request.scope, authors)]
    done = carrying.carry_out(session, steps, case, decision, request, now)
    rule_effects, rule_records = writing.rule(session, case, decision, request, now)
    decision.effects = [
        *done.records,
        *rule_records,
        *clusters.settle(session, case, decision, now),
        *([strikes.record(session, case, decision.rule_id, now)] if decision.strike else []),
    ]
    session.flush()
    told = telling.authors(case, decision, _told(session, case, steps), further=request.further)
    reporters = telling.settle_reports(session, cases, decision, now, request.answer)
    return [*done.effects, *rule_effects, *told, *reporters]


def authors_of(case: CaseRow, request: DecisionRequest, reached: Sequence[Target]) -> list[str]:
    """Whose accounts a decision is about."""
    if request.scope is Scope.CLUSTER or (case.cluster_id is not None and request.scope is Scope.ACCOUNT):
        return list(dict.fromkeys(each.author_uri for each in reached))
    return [case.author_uri]


def _told(session: Session, case: CaseRow, steps: Sequence[Step]) -> dict[str, str]:
    """Authors of this server whom a decision reaches, each with the subject that they are told of."""
    return telling.of_members(
        session, case, {step.target.author_uri: step.uri for step in reversed(steps) if step.target}
    )


def _keep_held(session: Session, case: CaseRow, unticked: Sequence[CaseSubjectRow], now: datetime) -> None:
    """What was unticked and is held goes into a case of its own, or nobody would look at it again."""
    uris = [each.uri for each in unticked]
    holds: list[HoldRow] = []
    for part in slices(uris):
        holds += session.scalars(select(HoldRow).where(HoldRow.uri.in_(part), HoldRow.state == HoldState.HELD))
    if not holds:
        return
    ends = now + timedelta(hours=store.current(session).holds.remote_hours)
    first = holds[0]
    rest = opening.Opening(
        first.uri,
        first.kind,
        CaseOrigin.HOLD,
        first.author_uri,
        first.author_domain,
        first.local,
        Rank(case.rank, dict(case.rank_parts)),
        case.label,
        case.language,
        tuple(case.reasons),
        verdict_id=first.verdict_id,
        has_pictures=case.has_pictures,
    )
    case_id = opening.open_many(session, [rest], now)[0]
    known = {each.uri: each for each in unticked}
    members = [
        {
            "uri": each.uri,
            "author_uri": each.author_uri,
            "kind": each.kind,
            "verdict_id": each.verdict_id,
            "language": known[each.uri].language,
            "distance": known[each.uri].distance,
        }
        for each in holds
    ]
    opening.join_many(session, case_id, members, now)
    for each in holds:
        each.case_id, each.due_at = case_id, each.due_at or ends
    session.flush()
