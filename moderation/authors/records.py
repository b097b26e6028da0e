"""Reading and adding up the records of authors, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow, LinkHostRow
from moderation.policy.values import Proven
from moderation.rows import slices, table_of, upsert
from moderation.values import Judgement, Origin, Outcome

STRANGERS_WINDOW: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """What became of an author's posts here."""

    first_seen_at: datetime
    approved: int
    held: int
    released: int
    removed: int
    strangers_since: datetime | None
    strangers: int
    trusts: Mapping[str, str] | None = None

    def strangers_lately(self, now: datetime) -> int:
        """How many strangers they addressed within the last hour."""
        if self.strangers_since is None or now - self.strangers_since >= STRANGERS_WINDOW:
            return 0
        return self.strangers

    def is_proven(self, proven: Proven, now: datetime) -> bool:
        """Whether the record is a good one."""
        old = now - self.first_seen_at >= timedelta(days=proven.days)
        clean = 100 * self.removed <= proven.removed_per_hundred * max(1, self.approved)
        return old and clean and self.approved >= proven.approved

    def is_trusted_for(self, label: str, now: datetime) -> bool:
        """Whether somebody here said lately that the text model is wrong about them with this label."""
        until = (self.trusts or {}).get(label)
        return until is not None and datetime.fromisoformat(until) > now


def load(session: Session, uris: Iterable[str]) -> dict[str, AuthorRecord]:
    """The records of those who have one."""
    found: dict[str, AuthorRecord] = {}
    for part in slices(uris):
        for row in session.execute(_RECORDS, {"uris": part}):
            found[row[0]] = AuthorRecord(*row[1:])
    return found


def _records() -> Select[Any]:
    table = table_of(AuthorRow)
    return select(
        table.c.uri,
        table.c.first_seen_at,
        table.c.approved,
        table.c.held,
        table.c.released,
        table.c.removed,
        table.c.strangers_since,
        table.c.strangers,
        table.c.trusts,
    ).where(table.c.uri.in_(bindparam("uris", expanding=True)))


_RECORDS = _records()


def count(session: Session, judgements: Sequence[Judgement], now: datetime) -> None:
    """Add a batch to its authors' records; waiting ones don't count yet."""
    rows: dict[str, dict[str, Any]] = {}
    for judgement in judgements:
        author = judgement.submission.author
        row = rows.setdefault(author.uri, _new(judgement, now))
        row["approved"] += judgement.outcome in (Outcome.APPROVE, Outcome.LABEL, Outcome.LIMIT)
        row["held"] += judgement.outcome is Outcome.HOLD
        row["strangers"] += strangers_of(judgement)
    _lock(session, sorted(rows))
    _open_windows(session, [uri for uri, row in rows.items() if row["strangers"]], now)
    upsert(
        session,
        AuthorRow,
        [rows[uri] for uri in sorted(rows)],
        add=("approved", "held", "strangers"),
        put=("last_seen_at", "followers_here"),
    )


def strangers_of(judgement: Judgement) -> int:
    """How many a submission addresses who don't know its author."""
    return sum(not mention.knows_author for mention in judgement.submission.mentions)


def adjust(session: Session, changes: Mapping[str, Mapping[str, int]]) -> None:
    """Add to (or take from) the counters of authors: what people decided of their posts."""
    table = table_of(AuthorRow)
    for uri, counters in changes.items():
        values = {table.c[name]: table.c[name] + by for name, by in counters.items() if by}
        if values:
            session.execute(update(table).where(table.c.uri == uri).values(values))


def known_hosts(session: Session, hosts: Iterable[str]) -> dict[str, datetime]:
    """Those of the hosts that a post here linked to before, and since when."""
    found: dict[str, datetime] = {}
    for part in slices(hosts):
        for host, since in session.execute(
            select(LinkHostRow.host, LinkHostRow.first_seen_at).where(LinkHostRow.host.in_(part))
        ):
            found[host] = since
    return found


def remember_hosts(session: Session, hosts: Iterable[str], now: datetime) -> None:
    """Note the hosts that were linked to."""
    upsert(session, LinkHostRow, [{"host": host, "first_seen_at": now} for host in sorted(set(hosts))])


def _lock(session: Session, uris: Sequence[str]) -> None:
    """Take the rows in one order, so that two batches with the same authors wait for each other instead of failing."""
    if session.get_bind().dialect.name != "postgresql":
        return  # SQLite has one writer
    table = table_of(AuthorRow)
    for part in slices(uris):
        session.execute(select(table.c.id).where(table.c.uri.in_(part)).order_by(table.c.uri).with_for_update())


def _open_windows(session: Session, uris: Sequence[str], now: datetime) -> None:
    """Begin a new hour of strangers where the last one is over."""
    table = table_of(AuthorRow)
    for part in slices(uris):
        over = table.c.strangers_since.is_(None) | (table.c.strangers_since <= now - STRANGERS_WINDOW)
        session.execute(update(table).where(table.c.uri.in_(part), over).values(strangers_since=now, strangers=0))


def _new(judgement: Judgement, now: datetime) -> dict[str, Any]:
    author = judgement.submission.author
    return {
        "uri": author.uri,
        "domain": author.domain,
        "local": author.origin is Origin.LOCAL,
        "first_seen_at": now,
        "last_seen_at": now,
        "made_at": author.made_at,
        "followers_here": author.followers_here,
        "approved": 0,
        "held": 0,
        "released": 0,
        "removed": 0,
        "strangers_since": now,
        "strangers": 0,
    }
