"""Deletions that came before what they delete: remembered, so that it can't come after all.

What was here once keeps its own row, emptied: posts, boosts, actors. A suspended domain's rule is the host's tombstone.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.federation.tables import TombstoneRow
from app.federation.wire import uris

KEPT = timedelta(days=180)
MOST_PER_HOST = 10_000
_DROPPED_AT_ONCE = 1000
"""A host that has used up its share loses its oldest ones: its flood washes away nobody else's."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """An actor says that this is gone; both are on the actor's host."""

    uri: str
    actor_id: int


def put(session: Session, deleted: Iterable[Deleted], now: datetime) -> None:
    """Remember deletions of what isn't here."""
    rows = [
        {"uri_hash": hash_of(one.uri), "actor_id": one.actor_id, "host": uris.origin(one.uri) or "", "made_at": now}
        for one in dict.fromkeys(deleted)
    ]
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    session.execute(dialect.insert(TombstoneRow).on_conflict_do_nothing(index_elements=["uri_hash", "actor_id"]), rows)
    for host in Counter(row["host"] for row in rows):
        _bound(session, str(host))


def among(session: Session, wanted: Collection[Deleted]) -> set[Deleted]:
    """Those of these that their own actor deleted before."""
    hashes = {hash_of(one.uri): one.uri for one in wanted}
    if not hashes:
        return set()
    rows = session.execute(
        select(TombstoneRow.uri_hash, TombstoneRow.actor_id).where(TombstoneRow.uri_hash.in_(hashes))
    )
    return {Deleted(hashes[uri_hash], actor_id) for uri_hash, actor_id in rows} & set(wanted)


def prune(session: Session, now: datetime, limit: int) -> int:
    """Forget those of more than KEPT ago; how many."""
    old = session.scalars(select(TombstoneRow.uri_hash).where(TombstoneRow.made_at < now - KEPT).limit(limit)).all()
    return _drop(session, old, now - KEPT)


def hash_of(uri: str) -> str:
    """What a URI is kept as."""
    return hashlib.sha256(uri.encode()).hexdigest()


def _bound(session: Session, host: str) -> None:
    count = session.scalar(select(func.count()).select_from(TombstoneRow).where(TombstoneRow.host == host)) or 0
    if count > MOST_PER_HOST:
        oldest = select(TombstoneRow.uri_hash, TombstoneRow.made_at).where(TombstoneRow.host == host)
        rows = session.execute(oldest.order_by(TombstoneRow.made_at).limit(_DROPPED_AT_ONCE)).all()
        _drop(session, [row.uri_hash for row in rows], rows[-1].made_at + timedelta.resolution)


def _drop(session: Session, hashes: Sequence[str], before: datetime) -> int:
    for start in range(0, len(hashes), 500):
        part = hashes[start : start + 500]
        session.execute(delete(TombstoneRow).where(TombstoneRow.uri_hash.in_(part), TombstoneRow.made_at < before))
    return len(hashes)
