"""What is known of other servers: when we met, what they run, how old they are, what they send, whether they live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.federation import asking
from app.federation.rules import suspends
from app.federation.tables import InstanceRow
from app.federation.wire import discovery, fetching, fields, uris
from app.federation.wire.errors import FetchError, RedirectError
from app.federation.wire.fetching import Kind
from app.services import Services
from moderation.domains.rules import DomainRules
from moderation.rows import slices

log = structlog.get_logger()
ASK_AGAIN = timedelta(days=7)
DEAD_AFTER = timedelta(days=7)
DEAD_DAYS = 7
"""On so many different days nothing arrived: two failures a week apart prove nothing."""
PROBED_EVERY = timedelta(days=1)


@dataclass(slots=True)
class Traffic:
    """What a batch brought from one domain."""

    received: int = 0
    refused: int = 0


def meet(session: Session, domain: str, now: datetime) -> None:
    """Remember a domain, if this is the first time."""
    meet_all(session, [domain], now)


def meet_all(session: Session, domains: Iterable[str], now: datetime) -> None:
    """The same for many at once; two processes may do so at the same moment."""
    rows = [{"domain": domain, "first_seen_at": now, "failures": 0, "received": 0, "refused": 0} for domain in domains]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(InstanceRow).on_conflict_do_nothing(index_elements=["domain"]), rows)


def count(session: Session, traffic: Mapping[str, Traffic], now: datetime) -> None:
    """Add up what came from each domain."""
    meet_all(session, sorted(traffic), now)
    for domain in sorted(traffic):
        session.execute(
            update(InstanceRow)
            .where(InstanceRow.domain == domain)
            .values(
                received=InstanceRow.received + traffic[domain].received,
                refused=InstanceRow.refused + traffic[domain].refused,
                last_seen_at=now,
            )
        )
    revive(session, [domain for domain in sorted(traffic) if traffic[domain].received])


def revive(session: Session, domains: Sequence[str]) -> None:
    """These live: something arrived there, or came from there with their signature."""
    failing = or_(InstanceRow.failing_since.is_not(None), InstanceRow.dead_since.is_not(None))
    for part in slices(domains):
        session.execute(update(InstanceRow).where(InstanceRow.domain.in_(part), failing).values(**_ALIVE))


def failed(row: InstanceRow, now: datetime) -> bool:
    """Nothing arrived there, once more; whether the host counts as dead from now on, or did before."""
    if row.failed_at is None or row.failed_at.date() < now.date():
        row.failed_days += 1
    row.failed_at = now
    row.failing_since = row.failing_since or now
    if row.dead_since is None and row.failed_days >= DEAD_DAYS and now - row.failing_since >= DEAD_AFTER:
        row.dead_since, row.probe_at = now, now + PROBED_EVERY
        log.info("host_dead", domain=row.domain, failing_since=row.failing_since.isoformat())
    return row.dead_since is not None


def without_dead(session: Session, inboxes: Mapping[str, str], now: datetime) -> dict[str, str]:
    """Of these inboxes with their hosts, those to send something to: a dead host gets one thing a day, as a probe."""
    dead: dict[str, datetime | None] = {}
    for part in slices(sorted(set(inboxes.values()))):
        query = select(InstanceRow.domain, InstanceRow.probe_at)
        found = session.execute(query.where(InstanceRow.domain.in_(part), InstanceRow.dead_since.is_not(None)))
        dead |= {domain: probe_at for domain, probe_at in found}
    due = {host for host, probe_at in dead.items() if probe_at is None or probe_at <= now}
    if due:
        session.execute(update(InstanceRow).where(InstanceRow.domain.in_(due)).values(probe_at=now + PROBED_EVERY))
    probes = {host: inbox for inbox, host in sorted(inboxes.items(), reverse=True) if host in due}
    return {inbox: host for inbox, host in inboxes.items() if host not in dead or probes.get(host) == inbox}


def learn(services: Services, limit: int = 20) -> int:
    """Ask domains for their NodeInfo: new ones first, known ones weekly; how many were asked.

    A domain's age counts from its first NodeInfo: no field of it tells an earlier date.
    """
    now = services.clock.now()
    with services.db.read() as session:
        rules = DomainRules.load(session)
        due = session.scalars(
            select(InstanceRow.domain)
            .where(or_(InstanceRow.nodeinfo_at.is_(None), InstanceRow.nodeinfo_at < now - ASK_AGAIN))
            .where(InstanceRow.dead_since.is_(None))
            .order_by(InstanceRow.nodeinfo_at.is_not(None), InstanceRow.nodeinfo_at, InstanceRow.first_seen_at)
            .limit(limit)
        ).all()
    return asking.each_host(due, str, lambda domains: _learn(services, rules, domains[0], now))


def _learn(services: Services, rules: DomainRules, domain: str, now: datetime) -> None:
    document = None if suspends(rules, domain) else nodeinfo(services, domain)
    _remember(services, domain, document, now)


def nodeinfo(services: Services, domain: str) -> dict[str, Any] | None:
    """A domain's NodeInfo; None where it has none of its own that we can read."""
    base = f"{services.settings.scheme}://{domain}"
    try:
        url = discovery.nodeinfo_url(_own(services, f"{base}/.well-known/nodeinfo", base))
        return None if url is None else _own(services, url, base)
    except FetchError as error:
        log.info("nodeinfo_missing", domain=domain, error=error.code)
        return None


def _own(services: Services, url: str, base: str) -> dict[str, Any]:
    """A document of the domain's own: what it names elsewhere, or leads to, is another's. Raises FetchError."""
    if not uris.same_origin(url, base):
        raise RedirectError("a NodeInfo on another host")
    fetched = services.fetcher.get(url, Kind.JSON)
    if not uris.same_origin(fetched.url, base):
        raise RedirectError("a NodeInfo that leads to another host")
    return fetching.load(fetched)


def _remember(services: Services, domain: str, document: dict[str, Any] | None, now: datetime) -> None:
    with services.db.write() as session:
        row = session.get(InstanceRow, domain)
        if row is None:
            return
        row.nodeinfo_at = now
        if document is None:
            return
        row.software, row.software_version = discovery.software(document)
        row.nodeinfo = _kept(document)
        row.first_nodeinfo_at = row.first_nodeinfo_at or now


def _kept(document: dict[str, Any]) -> dict[str, Any]:
    """The parts that pages show, without whatever else somebody puts into their metadata."""
    usage = document.get("usage")
    users = usage.get("users") if isinstance(usage, dict) else None
    total = fields.count(users.get("total")) if isinstance(users, dict) else None
    registrations = fields.maybe(document.get("openRegistrations"))
    return {"users": total, "open_registrations": registrations}


_ALIVE = {"failing_since": None, "failed_days": 0, "failed_at": None, "dead_since": None, "probe_at": None}
