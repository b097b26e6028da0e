"""Purging what a suspended server left here: ordered long after its suspension, counted first, done some at a time.

Rows are the truth: each write takes away some of one person's things, and notes in the same write how far it came.
What a crash leaves half-done is gone on with. Evidence, decisions and the log stay; so does what an order to preserve
reaches, and what is sealed, and both are named in the report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, String, func, literal, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.tallying import deletions
from app.errors import ConflictError, InvalidError, NotFoundError
from app.lifecycle import leaving, ties
from app.posts import delete as posts_deleted
from app.posts.tables import LikeRow, PostRow, PostState
from app.purging.tables import DomainPurgeRow, DomainPurgeState
from app.relationships.tables import FollowRow
from app.reviewing import impact
from app.services import Services
from moderation import turns
from moderation.cases.reversals import UNDO_WINDOW
from moderation.cases.tables import CaseRow
from moderation.domains import editing
from moderation.domains.names import parents
from moderation.domains.publishing import RULED
from moderation.domains.rules import DomainRules
from moderation.domains.tables import DomainEventRow
from moderation.evidence.changes import Doer
from moderation.evidence.tables import ChangedBy
from moderation.preservation import reach
from moderation.rows import slices
from moderation.values import CaseState, Severity

WAITS: Final = timedelta(days=30)
"""So long a server must have been suspended before its data may be purged."""
CHUNK: Final = 25
"""Things of somebody that one write takes away: posting waits for no more."""
ARROWS: Final[Mapping[DomainPurgeState, frozenset[DomainPurgeState]]] = {
    DomainPurgeState.ORDERED: frozenset((DomainPurgeState.UNDER_WAY, DomainPurgeState.CALLED_OFF)),
    DomainPurgeState.UNDER_WAY: frozenset((DomainPurgeState.DONE, DomainPurgeState.CALLED_OFF)),
    DomainPurgeState.DONE: frozenset(),
    DomainPurgeState.CALLED_OFF: frozenset(),
}
_COUNTED: Final = ("people", "posts", "follows", "likes", "kept_people", "kept_posts", "sealed_cases")
OPEN: Final = (DomainPurgeState.ORDERED, DomainPurgeState.UNDER_WAY)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a purge would take, and what it would leave. `may_from`: before that it isn't allowed; None where the domain
    isn't suspended by its own rule or a parent's."""

    domain: str
    domains: tuple[str, ...]
    """Those known here that it reaches: subdomains with a milder rule of their own aren't among them."""
    may_from: datetime | None
    people: int
    posts: int
    follows: int
    likes: int
    kept_people: int
    """Whom an order to preserve reaches, with all that is theirs."""
    kept_posts: int
    sealed_cases: int


def foresee(session: Session, domain: str, now: datetime) -> Foreseen:
    """What purging a domain would do, counted now; nothing changes."""
    since, names = _reached(session, domain, now)
    counted: Counter[str] = Counter()
    for part in slices(names):
        theirs = ActorRow.local.is_(False), ActorRow.domain.in_(part)
        ids = select(ActorRow.id).where(*theirs)
        kept = reach.reaches(now, ActorRow.uri)
        posts = select(func.count()).select_from(PostRow).join(ActorRow, ActorRow.id == PostRow.actor_id)
        posts = posts.where(*theirs, PostRow.state != PostState.DELETED)
        for name, query in (
            ("people", select(func.count()).select_from(ActorRow).where(*theirs)),
            ("kept_people", select(func.count()).select_from(ActorRow).where(*theirs, kept)),
            ("posts", posts),
            ("kept_posts", posts.where(reach.reaches(now, PostRow.uri, ActorRow.uri))),
            ("follows", _count(FollowRow, or_(FollowRow.follower_id.in_(ids), FollowRow.target_id.in_(ids)))),
            ("likes", _count(LikeRow, LikeRow.actor_id.in_(ids))),
            ("sealed_cases", _count(CaseRow, CaseRow.author_domain.in_(part), CaseRow.state == CaseState.SEALED)),
        ):
            counted[name] += session.scalar(query) or 0
    counted["posts"] -= counted["kept_posts"]
    counted["people"] -= counted["kept_people"]
    numbers = {name: counted[name] for name in _COUNTED}
    return Foreseen(domain, tuple(names), since + WAITS if since is not None else None, **numbers)


def order(services: Services, domain: str, by: str, confirmed: str) -> DomainPurgeRow:
    """Order it; it begins in ten minutes, until which it is called off without a trace. `confirmed`: the name, typed
    again. Raises InvalidError where it isn't that, or the server isn't suspended for long enough; ConflictError where
    it is ordered already.
    """
    if confirmed.strip().lower() != domain:
        raise InvalidError("Type the server's name once more, exactly", code="not_confirmed")
    now = services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        found = foresee(session, domain, now)
        if found.may_from is None:
            raise InvalidError("Only what is suspended by a rule can be purged", code="not_suspended")
        if found.may_from > now:
            days = f"{found.may_from:%Y-%m-%d}"
            raise InvalidError(f"Only 30 days after its suspension: from {days} on", code="too_early")
        if open_of(session, domain) is not None:
            raise ConflictError("This is ordered already")
        row = DomainPurgeRow(
            domain=domain,
            state=DomainPurgeState.ORDERED,
            ordered_by=by,
            ordered_at=now,
            begins_at=now + UNDO_WINDOW,
            foreseen=_as_json(found),
            last_actor_id=0,
            people_done=0,
            gone={},
            kept=[],
        )
        session.add(row)
        session.flush()
        editing.note(session, domain, "purge_ordered", by, now, {"purge": row.id, "posts": found.posts})
    return row


def call_off(services: Services, domain: str, by: str) -> DomainPurgeRow:
    """What isn't gone yet stays. Raises NotFoundError where none is ordered."""
    now = services.clock.now()
    with services.db.write() as session:
        turns.take(session)
        row = open_of(session, domain)
        if row is None:
            raise NotFoundError("No purge of this server is ordered", code="no_purge")
        _end(session, row, DomainPurgeState.CALLED_OFF, by, now)
    return row


def open_of(session: Session, domain: str) -> DomainPurgeRow | None:
    """What is ordered for this very domain and isn't over."""
    query = select(DomainPurgeRow).where(DomainPurgeRow.domain == domain, DomainPurgeRow.state.in_(OPEN))
    return session.scalar(query.limit(1))


def of(session: Session, domain: str, limit: int = 20) -> list[DomainPurgeRow]:
    """All purges of this very domain, the latest first: their rows are the reports."""
    query = select(DomainPurgeRow).where(DomainPurgeRow.domain == domain).order_by(DomainPurgeRow.id.desc())
    return list(session.scalars(query.limit(limit)))


def listed(session: Session, limit: int = 50) -> list[DomainPurgeRow]:
    """All of them, the latest first."""
    return list(session.scalars(select(DomainPurgeRow).order_by(DomainPurgeRow.id.desc()).limit(limit)))


def as_json(row: DomainPurgeRow) -> dict[str, Any]:
    """A purge for programs: how far it is, what went and what stayed."""
    names = ("id", "domain", "state", "ordered_by", "ordered_at", "begins_at", "began_at", "ended_at", "ended_by")
    return {name: getattr(row, name) for name in (*names, "foreseen", "people_done", "gone", "kept")}


def due(now: datetime) -> ColumnElement[bool]:
    """Which wait for the worker."""
    return DomainPurgeRow.state.in_(OPEN) & (DomainPurgeRow.begins_at <= now)


def work(services: Services, limit: int) -> int:
    """Go on with what is ordered: up to `limit` writes; how many. A rule that was lifted meanwhile ends it."""
    done = 0
    while done < limit and _step(services):
        done += 1
    return done


def _step(services: Services) -> bool:
    """One write of the purge that was ordered first."""
    now = services.clock.now()
    with deletions() as gone, services.db.write() as session:
        turns.take(session)
        row = session.scalar(select(DomainPurgeRow).where(due(now)).order_by(DomainPurgeRow.id).limit(1))
        if row is None:
            return False
        since, names = _reached(session, row.domain, now)
        if since is None:
            _end(session, row, DomainPurgeState.CALLED_OFF, "the rule", now)
            return True
        if row.state is DomainPurgeState.ORDERED:
            _move(row, DomainPurgeState.UNDER_WAY)
            row.began_at = now
        actor = _next(session, row, names)
        if actor is None:
            _end(session, row, DomainPurgeState.DONE, row.ordered_by, now)
        elif _take_some(services, session, row, actor, gone, now):
            row.last_actor_id = actor.id
            row.people_done += 1
        row.gone = dict(Counter(row.gone) + gone)
    return True


def _next(session: Session, row: DomainPurgeRow, names: Sequence[str]) -> ActorRow | None:
    found: list[ActorRow] = []
    for part in slices(names):
        theirs = ActorRow.local.is_(False), ActorRow.domain.in_(part), ActorRow.id > row.last_actor_id
        one = session.scalar(select(ActorRow).where(*theirs).order_by(ActorRow.id).limit(1))
        found += [one] if one is not None else []
    return min(found, key=lambda each: each.id, default=None)


def _take_some(
    services: Services, session: Session, row: DomainPurgeRow, actor: ActorRow, gone: Counter[str], now: datetime
) -> bool:
    """Some of what is somebody's; whether all of it is gone now, but for what is kept."""
    if reach.is_reached(session, now, actor.uri):
        _keep(row, "person", actor.uri)
        return True
    reached = reach.reaches(now, PostRow.uri, literal(actor.uri, String))
    mine = PostRow.actor_id == actor.id, PostRow.state != PostState.DELETED
    posts = session.scalars(select(PostRow).where(*mine, ~reached).order_by(PostRow.pk).limit(CHUNK)).all()
    doer = Doer(ChangedBy.STAFF, row.ordered_by)
    for post in posts:
        if post.state is not PostState.DELETED:  # a boost of one's own went with what it shows
            posts_deleted.remove(services, session, post, by=actor.id, doer=doer)
            gone["posts"] += 1
    if posts:
        return False
    if ties.cut_some(session, services, actor.id, CHUNK):
        return False
    kept = session.scalars(select(PostRow.uri).where(*mine).order_by(PostRow.pk)).all()
    for uri in kept:
        _keep(row, "post", uri)
    if not kept:
        ties.cut_rest(session, actor.id, ties.MEMBERS_OWN)
        leaving.empty(actor)
        gone["profiles"] += 1
    return True


def _reached(session: Session, domain: str, now: datetime) -> tuple[datetime | None, list[str]]:
    """Since when a domain is suspended by a rule (None: it isn't), and which of the known ones that reaches."""
    rules = DomainRules.load(session)
    rule = rules.named(domain)
    if rule is None or rule.severity is not Severity.SUSPEND:
        return None, []
    since = _since(session, rule.domain, rule.set_at)
    suspended = [name for name in impact.reached(session, [domain]) if _suspends(rules, name)]
    lately = _otherwise_since(session, suspended, now - WAITS)
    return since, [name for name in suspended if lately.isdisjoint(parents(name))]


def _suspends(rules: DomainRules, name: str) -> bool:
    rule = rules.named(name)
    return rule is not None and rule.severity is Severity.SUSPEND


def _since(session: Session, domain: str, set_at: datetime) -> datetime:
    """A rule that is set anew as what it was (with another comment, say) begins no new wait."""
    query = select(DomainEventRow).where(DomainEventRow.domain == domain, DomainEventRow.what.in_(RULED))
    since = set_at
    for event in session.scalars(query.order_by(DomainEventRow.id.desc()).limit(200)):
        if (event.after or {}).get("severity") != Severity.SUSPEND:
            break
        since = event.at
    return since


def _otherwise_since(session: Session, names: Sequence[str], at: datetime) -> set[str]:
    """Domains that had a milder rule of their own after that: their people wait for as long as others."""
    found: set[str] = set()
    for part in slices({parent for name in names for parent in parents(name)}):
        query = select(DomainEventRow).where(DomainEventRow.domain.in_(part), DomainEventRow.what.in_(RULED))
        for event in session.scalars(query.where(DomainEventRow.at > at)):
            if event.before is not None and event.before.get("severity") != Severity.SUSPEND:
                found.add(event.domain)
    return found


def _keep(row: DomainPurgeRow, what: str, uri: str) -> None:
    line = {"what": what, "uri": uri}
    if line not in row.kept:
        row.kept = [*row.kept, line]


def _end(session: Session, row: DomainPurgeRow, state: DomainPurgeState, by: str, now: datetime) -> None:
    sealed = 0
    for part in slices(_reached(session, row.domain, now)[1]):
        query = _count(CaseRow, CaseRow.author_domain.in_(part), CaseRow.state == CaseState.SEALED)
        sealed += session.scalar(query) or 0
    if sealed:
        row.kept = [*row.kept, {"what": "sealed_cases", "count": sealed}]
    _move(row, state)
    row.ended_at, row.ended_by = now, by
    what = "purged" if state is DomainPurgeState.DONE else "purge_called_off"
    editing.note(session, row.domain, what, by, now, {"purge": row.id, "posts": row.gone.get("posts", 0)})


def _move(row: DomainPurgeRow, after: DomainPurgeState) -> None:
    if after not in ARROWS[row.state]:
        raise ConflictError("This purge is over")
    row.state = after


def _count(table: Any, *conditions: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(table).where(*conditions)


def _as_json(found: Foreseen) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _COUNTED} | {"domains": len(found.domains)}
