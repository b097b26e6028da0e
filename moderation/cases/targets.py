"""Which subjects a decision reaches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import outliers, states
from moderation.cases.claims import free_for
from moderation.cases.plans import Target
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import DecisionRequest
from moderation.duplicates import index
from moderation.errors import ForbiddenArrowError, RefusedError
from moderation.evidence.snapshots import latest as latest_snapshots
from moderation.holds.tables import HoldRow, HoldState
from moderation.policy import store
from moderation.recording import verdicts
from moderation.rows import slices
from moderation.values import PUBLIC_KINDS, Action, CaseOrigin, CaseState, Scope, SubjectKind

MOST: Final = 20_000


def ticked(
    session: Session, case: CaseRow, request: DecisionRequest, now: datetime
) -> tuple[list[CaseSubjectRow], list[CaseSubjectRow]]:
    """The members of a case that a decision is about, and those that were unticked, or stand out and weren't named.
    Raises RefusedError."""
    members = list(session.scalars(select(CaseSubjectRow).where(CaseSubjectRow.case_id == case.id)))
    if request.members is None:
        odd = outliers.of(session, case, now).marks
        return [each for each in members if each.uri not in odd], [each for each in members if each.uri in odd]
    wanted = set(request.members)
    if not wanted or not wanted <= {each.uri for each in members}:
        raise RefusedError("what is ticked must be among the case's members, and at least one")
    chosen = [each for each in members if each.uri in wanted]
    return chosen, [each for each in members if each.uri not in wanted]


def find(
    session: Session, case: CaseRow, members: Sequence[CaseSubjectRow], request: DecisionRequest, now: datetime
) -> list[Target]:
    """The members, and what the scope adds: held posts of the account or domain, posts that say nearly the same and
    aren't by somebody who stands out, because no page shows them."""
    reached = {each.uri: (each.kind, each.author_uri) for each in members}
    scope = Scope.ACCOUNT if _is_whole(request) else request.scope
    for uri, kind, author in _more(session, case, scope, now):
        reached.setdefault(uri, (kind, author))
    holds = _open_holds(session, reached)
    latest = verdicts.latest(session, reached)
    return [
        Target(
            uri,
            kind,
            author,
            latest[uri].outcome if uri in latest else None,
            holds[uri].id if uri in holds else None,
        )
        for uri, (kind, author) in reached.items()
    ]


def settle_others(
    session: Session,
    case: CaseRow,
    targets: Sequence[Target],
    request: DecisionRequest,
    by: str,
    now: datetime,
) -> tuple[list[int], list[Target]]:
    """Close the other cases that the scope settles. Returns their ids and the targets without those of cases that
    somebody else is working on."""
    mine = {each.uri for each in session.scalars(select(CaseSubjectRow).where(CaseSubjectRow.case_id == case.id))}
    closed: list[int] = []
    busy: set[str] = set()
    for other, uris in others(session, case, targets, request).items():
        if _close(session, other, by, now):
            closed.append(other)
        else:
            busy |= uris - mine
    return closed, [each for each in targets if each.uri not in busy]


def similar(session: Session, case: CaseRow) -> list[tuple[str, str]]:
    """(URI, author) of posts that say nearly the same as a case's subject; private ones only for a private one."""
    simhash = index.fingerprint_of(session, case.uri)
    if simhash is None:
        return []
    snapshot = latest_snapshots(session, [case.uri]).get(case.uri)
    private = snapshot is not None and snapshot.visibility not in PUBLIC_KINDS
    distance = store.current(session).wave.distance
    found = index.similar(session, simhash, distance, private=private)
    return [(uri, author) for uri, author in found if uri != case.uri]


def _more(session: Session, case: CaseRow, scope: Scope, now: datetime) -> Iterable[tuple[str, SubjectKind, str]]:
    if scope is Scope.CLUSTER:
        alike = similar(session, case)
        odd = outliers.with_a_past(session, [author for _, author in alike if author != case.author_uri], now)
        return [(uri, SubjectKind.POST, author) for uri, author in alike if author not in odd]
    if scope is Scope.SUBJECT:
        return []
    column = HoldRow.author_uri if scope is Scope.ACCOUNT else HoldRow.author_domain
    value = case.author_uri if scope is Scope.ACCOUNT else case.author_domain
    statement = (
        select(HoldRow.uri, HoldRow.kind, HoldRow.author_uri)
        .where(column == value, HoldRow.state == HoldState.HELD)
        .limit(MOST)
    )
    return [(uri, kind, author) for uri, kind, author in session.execute(statement)]


def _open_holds(session: Session, uris: Iterable[str]) -> dict[str, HoldRow]:
    found: dict[str, HoldRow] = {}
    for part in slices(uris):
        statement = select(HoldRow).where(HoldRow.uri.in_(part), HoldRow.state == HoldState.HELD)
        found |= {row.uri: row for row in session.scalars(statement)}
    return found


def others(session: Session, case: CaseRow, targets: Sequence[Target], request: DecisionRequest) -> dict[int, set[str]]:
    """Other undecided cases whose subjects are all reached, with those subjects."""
    reached = {each.uri for each in targets}
    found: dict[int, set[str]] = {}
    for part in slices(reached):
        statement = (
            select(CaseSubjectRow.case_id)
            .join(CaseRow, CaseRow.id == CaseSubjectRow.case_id)
            .where(CaseSubjectRow.uri.in_(part), CaseRow.state.in_(states.UNDECIDED), CaseRow.id != case.id)
            .where(CaseRow.origin != CaseOrigin.APPEAL)
        )
        found |= {number: set() for number in session.scalars(statement)}
    authors = set(_of_author(session, case)) if _is_whole(request) else set()
    found |= {number: set() for number in authors}
    settled: dict[int, set[str]] = {}
    for number in found:
        subjects = select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == number)
        uris = set(session.scalars(subjects))
        held = select(HoldRow.uri).where(HoldRow.case_id == number, HoldRow.state == HoldState.HELD)
        if uris <= reached or (number in authors and set(session.scalars(held)) <= reached):
            settled[number] = uris
    return settled


def _is_whole(request: DecisionRequest) -> bool:
    """Whether nothing of the account is shown any more, so that all of its cases are settled."""
    whole = (Scope.SUBJECT, Scope.ACCOUNT)
    asked = [(request.action, request.scope), *((each.action, each.scope) for each in request.further)]
    return request.scope in whole and any(action is Action.SUSPEND and scope in whole for action, scope in asked)


def _of_author(session: Session, case: CaseRow) -> list[int]:
    statement = select(CaseRow.id).where(
        CaseRow.author_uri == case.author_uri,
        CaseRow.state.in_(states.UNDECIDED),
        CaseRow.id != case.id,
        CaseRow.origin.not_in((CaseOrigin.WAVE, CaseOrigin.APPEAL)),
    )
    return list(session.scalars(statement))


def _close(session: Session, case_id: int, by: str, now: datetime) -> bool:
    try:
        return states.change(
            session,
            case_id,
            CaseState.DECIDED,
            now,
            free_for(by, now),
            version=CaseRow.version + 1,
            decided_by=by,
            decided_at=now,
            changed_by=by,
            changed_what="decided",
            claimed_by=None,
            claimed_until=None,
        )
    except ForbiddenArrowError:
        return False  # somebody decided it just now
