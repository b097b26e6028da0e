"""What is known of other servers: when we met, what they run, how old they are, what they send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.federation.rules import suspends
from app.federation.tables import InstanceRow
from app.federation.wire import discovery, fetching, fields, uris
from app.federation.wire.errors import FetchError
from app.federation.wire.fetching import Kind
from app.services import Services
from moderation.domains.rules import DomainRules

log = structlog.get_logger()
ASK_AGAIN = timedelta(days=7)


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
            .order_by(InstanceRow.nodeinfo_at.is_not(None), InstanceRow.nodeinfo_at, InstanceRow.first_seen_at)
            .limit(limit)
        ).all()
    for domain in due:
        document = None if suspends(rules, domain) else _nodeinfo(services, domain)
        _remember(services, domain, document, now)
    return len(due)


def _nodeinfo(services: Services, domain: str) -> dict[str, Any] | None:
    """A domain's NodeInfo; None where it has none that we can read."""
    base = f"{services.settings.scheme}://{domain}"
    try:
        index = fetching.fetch_json(services.fetcher, f"{base}/.well-known/nodeinfo", Kind.JSON)
        url = discovery.nodeinfo_url(index)
        if url is None or not uris.same_origin(url, base):
            return None
        return fetching.fetch_json(services.fetcher, url, Kind.JSON)
    except FetchError as error:
        log.info("nodeinfo_missing", domain=domain, error=error.code)
        return None


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
