"""What a decision would do, counted before anybody makes it. Nothing changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.cases import claims, decisions, plans, targets, telling
from moderation.cases.values import CaseSummary, DecisionRequest, Further
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.rows import slices
from moderation.values import Scope, Verb


@dataclass(frozen=True, slots=True)
class AccountsForeseen:
    """What would be done to accounts or a server: how many, and for how long."""

    step: Further
    accounts: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Whom and what a decision would touch."""

    posts: Mapping[Verb, int]
    """What would become of posts, by what is done to them; what stays as it is isn't counted."""
    reached: int
    accounts: int
    domains: int
    told: int
    """Authors of this server who would be told."""
    exempt: bool
    """No statement of reasons is owed: deceptive high-volume commercial content."""
    measures: tuple[AccountsForeseen, ...]
    cases: int
    """Other cases that it would close."""
    reporters: int
    """Members here who would be answered."""
    left: int
    """Members of the case that were unticked."""


def foresee(session: Session, case_id: int, request: DecisionRequest, now: datetime) -> Foreseen:
    """Count what a decision would do. Raises RefusedError where it isn't possible, NotFoundError."""
    case = claims.find(session, case_id)
    decisions.require_possible(case, request)
    chosen, unticked = targets.ticked(session, case, request, now)
    left = {each.uri for each in unticked}
    reached = [each for each in targets.find(session, case, chosen, request, now) if each.uri not in left]
    others = targets.others(session, case, reached, request)
    authors = decisions.authors_of(case, request, reached)
    steps = plans.posts(request.action, reached)
    everybody = list(dict.fromkeys([case.author_uri, *(each.author_uri for each in reached)]))
    told = _members(session, [case.author_uri, *(step.target.author_uri for step in steps if step.target)])
    return Foreseen(
        posts=Counter(step.verb for step in steps),
        reached=len(reached),
        accounts=len(everybody),
        domains=len({_domain(uri) for uri in everybody}),
        told=0 if request.action in plans.HARMLESS else told,
        exempt=telling.is_exempt(request.action, request.scope, case.origin),
        measures=_measures(request, authors),
        cases=len(others),
        reporters=_reporters(session, [case.id, *others]),
        left=len(left),
    )


def reached(session: Session, case_id: int, request: DecisionRequest, now: datetime) -> list[str]:
    """What a decision would be about, by URI."""
    case = claims.find(session, case_id)
    chosen, unticked = targets.ticked(session, case, request, now)
    left = {each.uri for each in unticked}
    found = [each.uri for each in targets.find(session, case, chosen, request, now) if each.uri not in left]
    return list(dict.fromkeys([case.uri, *found]))


def together(session: Session, seen: Sequence[Foreseen], cases: Sequence[CaseSummary], harmless: bool) -> Foreseen:
    """Several decisions as one: nobody counts twice. `cases` are those that would be decided."""
    authors = list(dict.fromkeys(each.author_uri for each in cases))
    posts: Counter[Verb] = Counter()
    for each in seen:
        posts.update(each.posts)
    return Foreseen(
        posts=posts,
        reached=sum(each.reached for each in seen),
        accounts=len(authors),
        domains=len({_domain(uri) for uri in authors}),
        told=0 if harmless else _members(session, authors),
        exempt=all(each.exempt for each in seen),
        measures=(),
        cases=0,
        reporters=_reporters(session, [each.id for each in cases]),
        left=0,
    )


def _measures(request: DecisionRequest, authors: Sequence[str]) -> tuple[AccountsForeseen, ...]:
    own = Further(request.action, request.scope, request.expires_in)
    first = plans.accounts(request.action, request.scope, authors)
    found = [AccountsForeseen(own, len(first))] if first else []
    if request.scope is Scope.DOMAIN:
        found.append(AccountsForeseen(own, 0))
    for more in request.further:
        found.append(AccountsForeseen(more, {Scope.CLUSTER: len(authors), Scope.DOMAIN: 0}.get(more.scope, 1)))
    return tuple(found)


def _members(session: Session, uris: Sequence[str]) -> int:
    found = 0
    for part in slices(set(uris)):
        found += (
            session.scalar(select(func.count()).select_from(AuthorRow).where(AuthorRow.uri.in_(part), AuthorRow.local))
            or 0
        )
    return found


def _reporters(session: Session, case_ids: Sequence[int]) -> int:
    found: set[str] = set()
    for part in slices(case_ids):
        found |= set(
            session.scalars(
                select(ReportRow.reporter_uri).where(
                    ReportRow.case_id.in_(part),
                    ReportRow.outcome == ReportOutcome.WAITING,
                    ReportRow.origin == ReportOrigin.MEMBER,
                    ReportRow.reporter_uri.is_not(None),
                )
            )
        )
    return len(found)


def _domain(uri: str) -> str:
    return uri.split("/")[2] if uri.count("/") > 1 else uri
