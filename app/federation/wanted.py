"""What threads here lack, as rows: asked for once, politely, within bounds for each host."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.federation.rules import suspends
from app.federation.tables import Wanted, WantedRow
from app.federation.wire import uris
from app.polls import numbers
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.services import Services
from app.stores.jobs import Job
from moderation.domains.rules import DomainRules
from moderation.values import PUBLIC_KINDS

DEEPEST = 30
"""So far up a thread is followed."""
DEEPEST_QUOTE = 2
"""What a shown post quotes, and what that quotes: whatever lies below is shown nowhere."""
_DEEPEST = {Wanted.QUOTED: DEEPEST_QUOTE}
_ONCE_MORE = (Wanted.AGAIN, Wanted.STAMP)
"""What may be otherwise soon after, or concern others than those for whom it was asked."""
MOST_PER_HOST = 200
"""So many wait for one host at most; what a flood of replies to nothing adds beyond that isn't asked for."""
MOST_IN_ALL = 20_000
"""For all hosts together: names of hosts cost nothing to make up."""
PER_HOST_AT_ONCE = 5
LOOKS_EVERY = timedelta(minutes=1)
AGAIN_AFTER = timedelta(minutes=15)
"""So long replies that were asked for aren't asked for again."""
POLL_AGAIN_AFTER = timedelta(minutes=10)
"""So long a poll's numbers that were asked for aren't asked for again."""
STAMP_AGAIN_AFTER = timedelta(days=1)
"""So long a stamp that was looked at is believed."""
KEPT = timedelta(days=3)
LEASE = timedelta(minutes=2)
_RETRIES = tuple(timedelta(minutes=m) for m in (1, 10, 60))
_LONGEST_BYTES = 2000


@dataclass(frozen=True, slots=True)
class Due:
    """Something to ask for now."""

    uri: str
    what: Wanted
    host: str
    depth: int
    attempts: int


def want(session: Session, services: Services, found: Iterable[str], what: Wanted, *, depth: int = 0) -> int:
    """Ask for these, unless they are here, were asked for already, or nobody is to be asked; how many will be."""
    if services.settings.trial or depth > _DEEPEST.get(what, DEEPEST):
        return 0
    rows = _askable(session, services, list(dict.fromkeys(found)), what)
    if not rows:
        return 0
    now = services.clock.now()
    dialect = sqlite if services.db.sqlite else postgresql
    insert = dialect.insert(WantedRow)
    if what in _ONCE_MORE:  # it may change again, and is looked at once a minute at most
        once_more = {"asked_at": now, "next_at": now + LOOKS_EVERY, "attempts": 0}
        statement = insert.on_conflict_do_update(
            index_elements=["uri", "what"], set_=once_more, where=WantedRow.next_at.is_(None)
        )
    else:
        statement = insert.on_conflict_do_nothing(index_elements=["uri", "what"])
    session.execute(
        statement,
        [
            {"uri": u, "what": what, "host": host, "depth": depth, "attempts": 0, "asked_at": now, "next_at": now}
            for u, host in sorted(rows.items())  # in one order, or two who ask for the same wait for each other
        ],
    )
    after_commit(session, lambda: services.nudger.nudge(Job.THREADS))
    return len(rows)


def read_thread(services: Services, post: PostRow) -> None:
    """A member reads a post's thread: ask its home who answered, unless that was asked a moment ago."""
    read_poll(services, post)
    read_quote(services, post)
    uri, now = post.uri, services.clock.now()
    if post.local or post.state is not PostState.PUBLISHED or post.visibility not in PUBLIC_KINDS:
        return
    with services.db.read() as session:
        row = session.get(WantedRow, (uri, Wanted.REPLIES))
    if row is not None and (row.next_at is not None or now - row.asked_at < AGAIN_AFTER):
        return
    with services.db.write() as session:
        if row is None:
            want(session, services, [uri], Wanted.REPLIES)
            return
        this = (WantedRow.uri == uri, WantedRow.what == Wanted.REPLIES)
        session.execute(update(WantedRow).where(*this).values(asked_at=now, next_at=now, attempts=0))
        after_commit(session, lambda: services.nudger.nudge(Job.THREADS))


def is_asking(session: Session, post: PostRow) -> bool:
    """Whether a post's home is being asked who answered."""
    row = session.get(WantedRow, (post.uri, Wanted.REPLIES))
    return row is not None and row.next_at is not None


def read_poll(services: Services, post: PostRow) -> None:
    """A member reads a poll from elsewhere: ask its home for the numbers, unless that was asked a moment ago, or it is
    over and was asked since.
    """
    uri, now = post.uri, services.clock.now()
    if post.poll is None or post.local or post.state is not PostState.PUBLISHED or post.visibility not in PUBLIC_KINDS:
        return
    ended = numbers.ends_at(post.poll)
    with services.db.read() as session:
        row = session.get(WantedRow, (uri, Wanted.AGAIN))
    last = row.asked_at if row is not None else post.submitted_at
    if now - last < POLL_AGAIN_AFTER or (ended is not None and last >= ended):
        return
    with services.db.write() as session:
        want(session, services, [uri], Wanted.AGAIN)


def read_quote(services: Services, post: PostRow) -> None:
    """A member reads a post that quotes another by a stamp from elsewhere: does it still stand? Asked once a day."""
    if not post.quoting or post.state is not PostState.PUBLISHED:
        return
    with services.db.read() as session:
        row = session.get(QuoteRow, post.pk)
        if row is None or row.state is not QuoteState.ACCEPTED or row.authorization_uri is None:
            return
        stamp = row.authorization_uri
        asked = session.get(WantedRow, (stamp, Wanted.STAMP))
    if services.clock.now() - (asked.asked_at if asked is not None else row.made_at) < STAMP_AGAIN_AFTER:
        return
    with services.db.write() as session:
        want(session, services, [stamp], Wanted.STAMP)


def take(services: Services, limit: int) -> list[Due]:
    """What is due, the oldest first, a few for each host; ours for LEASE."""
    now = services.clock.now()
    with services.db.read() as session:
        if session.scalar(select(WantedRow.uri).where(WantedRow.next_at <= now).limit(1)) is None:
            return []
    place = func.row_number().over(partition_by=WantedRow.host, order_by=WantedRow.next_at).label("place")
    ranked = select(WantedRow.uri, WantedRow.what, place).where(WantedRow.next_at <= now).subquery()
    with services.db.write() as session:
        rows = session.scalars(
            select(WantedRow)
            .join(ranked, (ranked.c.uri == WantedRow.uri) & (ranked.c.what == WantedRow.what))
            .where(ranked.c.place <= PER_HOST_AT_ONCE)
            .order_by(WantedRow.next_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=WantedRow)
        ).all()
        for row in rows:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
        return [Due(row.uri, row.what, row.host, row.depth, row.attempts) for row in rows]


def settle(services: Services, due: Due, *, again: bool = False) -> None:
    """It came, or never will; or is asked for `again`, later each time, until that is enough."""
    waits = again and due.attempts <= len(_RETRIES)
    next_at = services.clock.now() + _RETRIES[due.attempts - 1] if waits else None
    with services.db.write() as session:
        session.execute(
            update(WantedRow).where(WantedRow.uri == due.uri, WantedRow.what == due.what).values(next_at=next_at)
        )


def prune(session: Session, now: datetime, limit: int) -> int:
    """Forget what was settled long ago; how many."""
    old = select(WantedRow.uri).where(WantedRow.next_at.is_(None), WantedRow.asked_at < now - KEPT).limit(limit)
    gone = delete(WantedRow).where(WantedRow.next_at.is_(None), WantedRow.uri.in_(old)).returning(WantedRow.uri)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def _askable(session: Session, services: Services, found: Sequence[str], what: Wanted) -> dict[str, str]:
    """Those to ask for with their hosts: elsewhere, not suspended, not here, and within what a host may keep us busy
    with.
    """
    rules = DomainRules.load(session)
    hosts = {uri: uris.origin(uri) or "" for uri in found if uris.is_uri(uri) and len(uri.encode()) <= _LONGEST_BYTES}
    rows = {uri: host for uri, host in hosts.items() if host and host != services.settings.domain}
    if what in (Wanted.POST, Wanted.QUOTED) and rows:
        here = session.scalars(select(PostRow.uri).where(PostRow.uri.in_(rows)))
        rows = {uri: host for uri, host in rows.items() if uri not in set(here)} if rows else rows
    waiting = _waiting(session, set(rows.values()))
    room = MOST_IN_ALL - _waiting_in_all(session) if rows else 0
    askable: dict[str, str] = {}
    for uri, host in rows.items():
        if suspends(rules, host) or waiting.get(host, 0) >= MOST_PER_HOST or len(askable) >= room:
            continue
        waiting[host] = waiting.get(host, 0) + 1
        askable[uri] = host
    return askable


def _waiting_in_all(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(WantedRow).where(WantedRow.next_at.is_not(None))) or 0


def _waiting(session: Session, hosts: set[str]) -> dict[str, int]:
    if not hosts:
        return {}
    rows = session.execute(
        select(WantedRow.host, func.count())
        .where(WantedRow.host.in_(hosts), WantedRow.next_at.is_not(None))
        .group_by(WantedRow.host)
    )
    return {host: number for host, number in rows}
