"""Links in members' profiles: a page that links back with `rel=me` is theirs, and is marked so.

Only what passed the door and is shown is looked at, some pages a day for a member, each host by one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.federation import asking, counters
from app.federation.tables import ProfileLinkRow
from app.federation.wire import relme, sanitise, uris
from app.federation.wire.errors import FetchError
from app.federation.wire.fetching import Kind
from app.services import Services
from app.settings import Settings
from app.stores.jobs import Job
from moderation.domains.rules import DomainRules
from moderation.values import Severity

MOST_A_DAY = 20
"""So many new links of a member are looked at in a day; the others tomorrow."""
LONGEST_BYTES = 1000
LOOKED_AGAIN = timedelta(days=30)
LEASE = timedelta(minutes=5)
_DAY = timedelta(days=1)
_RETRIES = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))


@dataclass(frozen=True, slots=True)
class Due:
    """A page to look at: whether it links to one of these addresses."""

    actor_id: int
    url: str
    addresses: frozenset[str]


def shown(session: Session, services: Services, actor: ActorRow, *, again: bool = False) -> None:
    """A member's profile is shown like this from now on: its links are those to look at; `again`: also in vain ones."""
    if not actor.local or services.settings.trial:
        return
    now = services.clock.now()
    wanted = [url for field in actor.fields if (url := _link(services.settings, field["value"])) is not None]
    rows = {row.url: row for row in _of(session, actor.id)}
    _let_go(session, [row for row in rows.values() if row.url not in wanted], now)
    today = sum(row.added_at > now - _DAY for row in rows.values())
    for url in dict.fromkeys(wanted):
        due = now if today < MOST_A_DAY else now + _DAY
        row = rows.get(url)
        if row is None:
            row = rows[url] = ProfileLinkRow(actor_id=actor.id, url=url, attempts=0, added_at=now, next_at=due)
            session.add(row)
            today += 1
        elif row.verified_at is None and row.next_at is None and (again or row.attempts == 0):
            row.attempts, row.next_at = 0, max(due, row.added_at + _RETRIES[0])
    _mark(actor, rows)
    if wanted:
        after_commit(session, lambda: services.nudger.nudge(Job.LINKS))


def drain(services: Services, limit: int = 20) -> int:
    """Look at the pages that are due; how many."""
    with services.db.read() as session:
        rules = DomainRules.load(session)
    return asking.each_host(
        _take(services, limit), lambda due: uris.origin(due.url) or "", lambda dues: _ask(services, rules, dues)
    )


def _take(services: Services, limit: int) -> list[Due]:
    now = services.clock.now()
    due = select(ProfileLinkRow).where(ProfileLinkRow.next_at <= now).order_by(ProfileLinkRow.next_at).limit(limit)
    with services.db.read() as session:
        if session.scalar(due.limit(1)) is None:
            return []
    with services.db.write() as session:
        found = []
        for row in session.scalars(due.with_for_update(skip_locked=True)).all():
            actor = session.get_one(ActorRow, row.actor_id)
            if actor.deleted_at is not None or actor.suspended_at is not None:
                row.next_at = None
                continue
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
            addresses = frozenset(_same(address) for address in (actor.uri, actor.url) if address)
            found.append(Due(row.actor_id, row.url, addresses))
        return found


def _ask(services: Services, rules: DomainRules, dues: Sequence[Due]) -> None:
    for due in dues:
        links_back: bool | None = False
        if not _is_kept_out(rules, uris.origin(due.url) or ""):
            links_back = _links_back(services, due)
        outcome = {True: "verified", False: "not_linked", None: "silent"}[links_back]
        counters.LINKS.labels(outcome).inc()
        _settle(services, due, links_back)


def _links_back(services: Services, due: Due) -> bool | None:
    """Whether the page does; None where it doesn't answer now."""
    try:
        fetched = services.fetcher.get(due.url, Kind.HTML)
    except FetchError as error:
        return False if error.permanent else None
    page = fetched.body.decode("utf-8", "replace")
    return any(_same(href) in due.addresses for href in relme.links(page))


def _settle(services: Services, due: Due, links_back: bool | None) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        row = session.get(ProfileLinkRow, (due.actor_id, due.url))
        if row is None or row.next_at is None:
            return  # the member took it away meanwhile
        if links_back:
            row.verified_at, row.attempts, row.next_at = row.verified_at or now, 0, now + LOOKED_AGAIN
        else:
            row.verified_at = row.verified_at if links_back is None and row.attempts <= len(_RETRIES) else None
            row.next_at = now + _RETRIES[row.attempts - 1] if row.attempts <= len(_RETRIES) else None
        _mark(session.get_one(ActorRow, due.actor_id), {one.url: one for one in _of(session, due.actor_id)})


def _let_go(session: Session, rows: Sequence[ProfileLinkRow], now: datetime) -> None:
    """What isn't in the profile any more counts for a day, so that changing it to and fro costs others nothing."""
    for row in rows:
        row.verified_at = row.next_at = None
        row.attempts = 0
        if row.added_at <= now - _DAY:
            session.delete(row)


def _mark(actor: ActorRow, rows: dict[str, ProfileLinkRow]) -> None:
    """Write into the shown fields which of their links are verified, and since when."""
    verified = {url: row.verified_at.isoformat() for url, row in rows.items() if row.verified_at is not None}
    marked = []
    for field in actor.fields:
        plain = {"name": field["name"], "value": field["value"]}
        at = verified.get(_only_link(field["value"]) or "")
        marked.append(plain | {"verified_at": at} if at is not None else plain)
    if marked != actor.fields:
        actor.fields = marked


def _of(session: Session, actor_id: int) -> Sequence[ProfileLinkRow]:
    return session.scalars(select(ProfileLinkRow).where(ProfileLinkRow.actor_id == actor_id)).all()


def _link(settings: Settings, value: str) -> str | None:
    """The address that a field is, where it's one link and nothing else, to somewhere else."""
    href = _only_link(value)
    if href is None:
        return None
    host = uris.origin(href)
    usable = href.startswith(f"{settings.scheme}://") and len(href.encode()) <= LONGEST_BYTES
    return href if usable and host is not None and host != settings.domain else None


def _only_link(value: str) -> str | None:
    found = sanitise.links_of(value)
    alone = len(found) == 1 and sanitise.text_of(value).strip() == found[0].text.strip()
    return found[0].href if alone else None


def _same(address: str) -> str:
    """Addresses that are one for people: upper case and a last slash don't matter."""
    return address.rstrip("/").lower()


def _is_kept_out(rules: DomainRules, host: str) -> bool:
    """Whether a rule names this host and suspends it: a page is no server, and needs not be named to be looked at."""
    rule = rules.named(host)
    return rule is not None and rule.severity is Severity.SUSPEND
