"""Every domain that is known here, with its numbers, and why the rule in force is in force."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.tables import ActorRow
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow
from app.posts.tables import PostRow, PostState
from app.relationships.tables import FollowRow, FollowState
from moderation.cases.tables import CaseRow
from moderation.domains import editing, events
from moderation.domains.rules import DomainRules
from moderation.domains.values import DomainRule
from moderation.rows import slices

MOST = 200
EVERY_ONE = 1_000_000
COLUMNS = (
    "domain", "software", "software_version", "users", "actors", "posts", "held", "following", "followers", "cases",
    "rule", "rule_domain", "first_seen_at", "last_seen_at", "failing_since", "dead_since",
)  # fmt: skip


class Order(StrEnum):
    """How a list of domains is sorted."""

    NAME = "name"
    ACTORS = "actors"
    POSTS = "posts"
    CASES = "cases"
    SEEN = "seen"
    FOLLOWS = "follows"
    """In both directions."""


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """A rule was set or lifted."""

    what: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class KnownDomain:
    """A domain's numbers here, and what it says of itself (`software`, `users`, `open_registrations`).

    `relayed`: how many of its posts, shown or held, came by a relay. `dead_since`: for so long nothing is sent there
    any more. `rule` is the one in force, perhaps a parent's; `rule_domain` says whose.
    """

    domain: str
    software: str | None
    software_version: str | None
    users: int | None
    open_registrations: bool | None
    nodeinfo_at: datetime | None
    contact_at: datetime | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    first_nodeinfo_at: datetime | None
    failing_since: datetime | None
    dead_since: datetime | None
    actors: int
    posts: int
    held: int
    relayed: int
    cases: int
    following: int
    """Follows from members here to people there; `followers` the other way."""
    followers: int
    rule: DomainRule | None
    rule_domain: str | None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What is on its way to a host: how many wait and since when the oldest, how many were given up lately, and what
    the last that failed failed by (a word of ours)."""

    waiting: int
    since: datetime | None
    given_up: int
    reason: str | None


def deliveries(session: Session, host: str) -> Deliveries:
    """Of one host; those that were given up are forgotten with their activities, after some weeks."""
    counted = {
        state: (count, since)
        for state, count, since in session.execute(
            select(DeliveryRow.state, func.count(), func.min(DeliveryRow.created_at))
            .where(DeliveryRow.host == host, DeliveryRow.state != DeliveryState.DELIVERED)
            .group_by(DeliveryRow.state)
        )
    }
    failed = select(DeliveryRow.last_error).where(DeliveryRow.host == host, DeliveryRow.last_error.is_not(None))
    waiting, since = counted.get(DeliveryState.WAITING, (0, None))
    given_up, _since = counted.get(DeliveryState.GIVEN_UP, (0, None))
    reason = session.scalar(failed.order_by(DeliveryRow.id.desc()).limit(1))
    return Deliveries(waiting, since, given_up, reason)


def known(
    session: Session, *, order: Order, only_ruled: bool | None = None, after: int = 0, limit: int = 50
) -> Sequence[KnownDomain]:
    """Domains that were met or have a rule, from place `after` on."""
    rules = DomainRules.load(session)
    names = set(session.scalars(select(InstanceRow.domain)))
    names |= set(session.scalars(select(ActorRow.domain).where(ActorRow.local.is_(False)).distinct()))
    names |= {rule.domain for rule in editing.list_rules(session)}
    if only_ruled is not None:
        names = {name for name in names if (rules.match(name) is not None) == only_ruled}
    numbers = _numbers(session)
    shown = sorted(names, key=lambda name: _key(order, name, numbers))[after : after + limit]
    found: dict[str, InstanceRow] = {}
    for part in slices(shown):
        found |= {row.domain: row for row in session.scalars(select(InstanceRow).where(InstanceRow.domain.in_(part)))}
    return [_one(found.get(name), name, rules, numbers) for name in shown]


def as_csv(session: Session, order: Order, only_ruled: bool | None) -> str:
    """Every known domain with its numbers, a line each."""
    return sheet(known(session, order=order, only_ruled=only_ruled, limit=EVERY_ONE))


def sheet(found: Iterable[KnownDomain]) -> str:
    """Domains with their numbers as CSV, below the names of COLUMNS."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for each in found:
        writer.writerow([_cell(getattr(each, name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, DomainRule):
        return value.severity.value
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
        return "'" + value  # what a server says of itself is no formula
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def one(session: Session, domain: str) -> KnownDomain:
    """Any domain, known or not."""
    return _one(session.get(InstanceRow, domain), domain, DomainRules.load(session), _numbers(session, domain))


def dead(session: Session, limit: int = MOST) -> list[tuple[str, datetime]]:
    """Hosts that nothing is sent to any more, since when, the latest first."""
    query = select(InstanceRow.domain, InstanceRow.dead_since).where(InstanceRow.dead_since.is_not(None))
    rows = session.execute(query.order_by(InstanceRow.dead_since.desc()).limit(limit))
    return [(domain, since) for domain, since in rows if since is not None]


def history(session: Session, domain: str) -> list[DomainEvent]:
    """What was done about a domain, the oldest first."""
    return [DomainEvent(row.what, row.by, row.at) for row in events.history(session, domain)]


@dataclass(frozen=True, slots=True)
class _Numbers:
    actors: dict[str, int]
    posts: dict[str, int]
    held: dict[str, int]
    relayed: dict[str, int]
    cases: dict[str, int]
    following: dict[str, int]
    followers: dict[str, int]
    seen: dict[str, float]


def _numbers(session: Session, domain: str | None = None) -> _Numbers:
    actors = select(ActorRow.domain, func.count()).where(ActorRow.local.is_(False)).group_by(ActorRow.domain)
    posts = (
        select(ActorRow.domain, PostRow.state, PostRow.via_relay, func.count())
        .join(ActorRow, ActorRow.id == PostRow.actor_id)
        .where(ActorRow.local.is_(False), PostRow.state.in_((PostState.PUBLISHED, PostState.HELD)))
        .group_by(ActorRow.domain, PostRow.state, PostRow.via_relay)
    )
    cases = select(CaseRow.author_domain, func.count()).group_by(CaseRow.author_domain)
    seen = select(InstanceRow.domain, InstanceRow.last_seen_at)
    following, followers = _follows(FollowRow.target_id), _follows(FollowRow.follower_id)
    if domain is not None:
        following, followers = following.where(ActorRow.domain == domain), followers.where(ActorRow.domain == domain)
        actors, posts = actors.where(ActorRow.domain == domain), posts.where(ActorRow.domain == domain)
        cases, seen = cases.where(CaseRow.author_domain == domain), seen.where(InstanceRow.domain == domain)
    by_state = [(name, state, relayed, count) for name, state, relayed, count in session.execute(posts)]
    return _Numbers(
        actors={name: count for name, count in session.execute(actors)},
        posts=_summed((name, count) for name, state, _, count in by_state if state is PostState.PUBLISHED),
        held=_summed((name, count) for name, state, _, count in by_state if state is PostState.HELD),
        relayed=_summed((name, count) for name, _, relayed, count in by_state if relayed),
        cases={name: count for name, count in session.execute(cases)},
        following={name: count for name, count in session.execute(following)},
        followers={name: count for name, count in session.execute(followers)},
        seen={name: at.timestamp() for name, at in session.execute(seen) if at is not None},
    )


def _follows(who_is_there: InstrumentedAttribute[int]) -> Select[str, int]:
    """How many follows there are by the domain of who stands in this column."""
    return (
        select(ActorRow.domain, func.count())
        .select_from(FollowRow)
        .join(ActorRow, ActorRow.id == who_is_there)
        .where(ActorRow.local.is_(False), FollowRow.state == FollowState.ACCEPTED)
        .group_by(ActorRow.domain)
    )


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for name, count in pairs:
        total[name] = total.get(name, 0) + count
    return total


def _key(order: Order, name: str, numbers: _Numbers) -> tuple[float, str]:
    if order is Order.FOLLOWS:
        return -(numbers.following.get(name, 0) + numbers.followers.get(name, 0)), name
    tables: dict[Order, Mapping[str, float]] = {
        Order.ACTORS: numbers.actors,
        Order.POSTS: numbers.posts,
        Order.CASES: numbers.cases,
        Order.SEEN: numbers.seen,
    }
    return -tables.get(order, {}).get(name, 0), name


def _one(instance: InstanceRow | None, name: str, rules: DomainRules, numbers: _Numbers) -> KnownDomain:
    told = (instance.nodeinfo if instance else None) or {}
    rule = rules.match(name)
    return KnownDomain(
        domain=name,
        software=instance.software if instance else None,
        software_version=instance.software_version if instance else None,
        users=told.get("users"),
        open_registrations=told.get("open_registrations"),
        nodeinfo_at=instance.nodeinfo_at if instance else None,
        contact_at=instance.contact_at if instance else None,
        first_seen_at=instance.first_seen_at if instance else None,
        last_seen_at=instance.last_seen_at if instance else None,
        first_nodeinfo_at=instance.first_nodeinfo_at if instance else None,
        failing_since=instance.failing_since if instance else None,
        dead_since=instance.dead_since if instance else None,
        actors=numbers.actors.get(name, 0),
        posts=numbers.posts.get(name, 0),
        held=numbers.held.get(name, 0),
        relayed=numbers.relayed.get(name, 0),
        cases=numbers.cases.get(name, 0),
        following=numbers.following.get(name, 0),
        followers=numbers.followers.get(name, 0),
        rule=rule,
        rule_domain=rule.domain if rule is not None else None,
    )
