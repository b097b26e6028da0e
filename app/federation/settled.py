"""Activities that were done, remembered by a digest for months after their rows are gone: nothing is done twice.

A signature is good for hours; but what is proved otherwise (an object that carries its own proof) has no end, and may
be played again by anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.federation.tables import InboxActivityRow, SettledActivityRow

KEPT = timedelta(days=90)


def digest(activity_uri: str, actor_uri: str) -> str:
    """What an activity is remembered by. Its actor is part of it: nobody can use up the ids of somebody else."""
    return hashlib.sha256(f"{activity_uri}\0{actor_uri}".encode()).hexdigest()


def remember(session: Session, digests: Iterable[str], now: datetime) -> None:
    """These were done, and their rows go."""
    rows = [{"digest": one, "settled_at": now} for one in dict.fromkeys(digests)]
    if rows:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        session.execute(dialect.insert(SettledActivityRow).on_conflict_do_nothing(index_elements=["digest"]), rows)


def among(session: Session, digests: Collection[str]) -> set[str]:
    """Those of these that were done before."""
    if not digests:
        return set()
    return set(session.scalars(select(SettledActivityRow.digest).where(SettledActivityRow.digest.in_(digests))))


def received(session: Session, activity_uris: Collection[str]) -> set[tuple[str, str]]:
    """What is on disk of these, verified: (activity, actor), by whichever key it was proved."""
    row = InboxActivityRow
    found = session.execute(select(row.activity_uri, row.actor_uri).where(row.activity_uri.in_(activity_uris)))
    return {(uri, actor) for uri, actor in found}


def prune(session: Session, now: datetime, limit: int) -> int:
    """Forget those of more than KEPT ago; how many."""
    old = session.scalars(
        select(SettledActivityRow.digest).where(SettledActivityRow.settled_at < now - KEPT).limit(limit)
    ).all()
    for start in range(0, len(old), 500):
        part = old[start : start + 500]
        session.execute(delete(SettledActivityRow).where(SettledActivityRow.digest.in_(part)))
    return len(old)
