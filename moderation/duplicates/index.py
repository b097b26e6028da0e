"""Looking up recent posts that may be alike, and waves that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, select, union_all
from sqlalchemy.orm import Session

from moderation.checks.values import Cluster, Neighbour
from moderation.columns import Instant
from moderation.duplicates.simhash import Fingerprint
from moderation.duplicates.tables import ClusterRow, FingerprintRow
from moderation.rows import slices, table_of

CANDIDATES: Final = 20_000
CLUSTERS: Final = 2_000
MASK: Final = (1 << 64) - 1


class NearDuplicateIndex(Protocol):
    """A faster front for the rows. They are the truth: where it doesn't know, it returns None and they are asked."""

    def candidates(self, session: Session, fingerprints: Sequence[int], since: datetime) -> Sequence[Neighbour] | None:
        """Recent public posts, in no wave yet, that share a band with any of the (unsigned) fingerprints and are near
        it."""


def unsigned(value: int) -> int:
    """A hash as it was before a database counted it."""
    return value & MASK


def neighbours(
    session: Session,
    prints: Collection[Fingerprint],
    now: datetime,
    window_hours: float,
    front: NearDuplicateIndex | None = None,
) -> tuple[Neighbour, ...]:
    """Recent public posts, in no wave yet, that share a band with any of the fingerprints."""
    if not prints:
        return ()
    since = now - timedelta(hours=window_hours)
    if front is not None:
        known = front.candidates(session, [each.simhash for each in prints], since)
        if known is not None:
            return tuple(known)
    found: dict[int, Neighbour] = {}
    for part in slices(each.bands for each in prints):
        bands = {f"band{number}": {each[number] for each in part} for number in range(4)}
        for key, uri, author, simhash in session.execute(_NEIGHBOURS, {"since": since, **bands}):
            found[key] = Neighbour(uri, author, unsigned(simhash))
    return tuple(found.values())


def _neighbours() -> CompoundSelect[Any]:
    """All four bands at once, each by its own index."""
    table = table_of(FingerprintRow)
    recent = table.c.made_at > bindparam("since", type_=Instant)
    parts = [
        select(table.c.id, table.c.uri, table.c.author_uri, table.c.simhash)
        .where(
            table.c[f"band{number}"].in_(bindparam(f"band{number}", expanding=True)),
            table.c.cluster_id.is_(None),
            recent,
            ~table.c.private,
        )
        .limit(CANDIDATES)
        .subquery()
        for number in range(4)
    ]
    return union_all(*(select(part) for part in parts))


_NEIGHBOURS = _neighbours()
"""Made once: building it costs more than asking."""


def clusters(session: Session, now: datetime) -> tuple[Cluster, ...]:
    """The waves in force, the latest first."""
    return tuple(
        Cluster(number, key, unsigned(simhash), state, copies, authors)
        for number, key, simhash, state, copies, authors in session.execute(_CLUSTERS, {"now": now})
    )


def _in_force() -> ColumnElement[bool]:
    return table_of(ClusterRow).c.ends_at > bindparam("now", type_=Instant)


IN_FORCE: Final = select(ClusterRow.id).where(_in_force())
"""The ids of the waves in force at `now`."""


def _clusters() -> Select[Any]:
    table = table_of(ClusterRow)
    columns = (table.c.id, table.c.key, table.c.simhash, table.c.state, table.c.copies, table.c.authors)
    return select(*columns).where(_in_force()).order_by(table.c.last_seen_at.desc()).limit(CLUSTERS)


_CLUSTERS = _clusters()


def similar(session: Session, simhash: int, distance: int, *, private: bool, limit: int = 500) -> list[tuple[str, str]]:
    """(URI, author) of posts within so many bits, newest first, among public or among private ones."""
    fingerprint = Fingerprint(simhash, 0)
    table = table_of(FingerprintRow)
    found: dict[str, tuple[int, str]] = {}
    for number, band in enumerate(fingerprint.bands):
        statement = (
            select(table.c.id, table.c.uri, table.c.author_uri, table.c.simhash)
            .where(table.c[f"band{number}"] == band, table.c.private == private)
            .order_by(table.c.made_at.desc())
            .limit(limit)
        )
        for key, uri, author, other in session.execute(statement):
            if (unsigned(other) ^ simhash).bit_count() <= distance:
                found[uri] = (key, author)
    ordered = sorted(found.items(), key=lambda pair: -pair[1][0])
    return [(uri, author) for uri, (_, author) in ordered[:limit]]


def fingerprint_of(session: Session, uri: str) -> int | None:
    """The newest (unsigned) fingerprint of a post; None where none is kept."""
    statement = (
        select(FingerprintRow.simhash).where(FingerprintRow.uri == uri).order_by(FingerprintRow.id.desc()).limit(1)
    )
    value = session.scalar(statement)
    return None if value is None else unsigned(value)


def prints_of(session: Session, uris: Iterable[str]) -> dict[str, tuple[int, str | None]]:
    """Posts' newest (unsigned) fingerprints, and the languages of what they were taken from."""
    found: dict[str, tuple[int, str | None]] = {}
    for part in slices(uris):
        statement = (
            select(FingerprintRow.uri, FingerprintRow.simhash, FingerprintRow.language)
            .where(FingerprintRow.uri.in_(part))
            .order_by(FingerprintRow.id)
        )
        found |= {uri: (unsigned(value), language) for uri, value, language in session.execute(statement)}
    return found


def in_cluster(session: Session, cluster_id: int, uris: Iterable[str]) -> None:
    """Put posts' fingerprints into a wave."""
    table = table_of(FingerprintRow)
    for part in slices(uris):
        session.execute(table.update().where(table.c.uri.in_(part), ~table.c.private).values(cluster_id=cluster_id))
