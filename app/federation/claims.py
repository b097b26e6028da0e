"""Takes rows of the inbox to work on: for a while, so that what a killed worker had is taken again by another.

Where more waits than is taken at once, hosts take turns (networks do, for what nobody has verified yet): however much
one of them sends, it waits behind itself.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.federation.outcomes import FETCH
from app.federation.tables import InboxActivityRow, IntakeState
from app.services import Services

LEASE = timedelta(minutes=2)
_ADVISORY_LOCK = 0x0571A
_Row = InboxActivityRow
_NEEDY = or_(_Row.state == IntakeState.UNVERIFIED, and_(_Row.state == IntakeState.RETRY, _Row.reason == FETCH))


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours for LEASE. `attempts` counts this one."""

    id: int
    kind: str
    activity_uri: str
    domain: str
    queue: str
    actor_uri: str
    key_id: str
    body: bytes
    signed_request: dict[str, Any] | None
    state: IntakeState
    reason: str | None
    attempts: int
    received_at: datetime


def take_verified(services: Services, limit: int) -> list[Claimed]:
    """Activities that are certain to come from their actors, some of each host, in the order in which they came."""
    now = services.clock.now()
    with services.db.write() as session:
        _one_at_a_time(services, session)
        rows = _fairly(session, now, limit, _Row.state == IntakeState.WAITING)
        again = and_(_Row.state == IntakeState.RETRY, _Row.reason != FETCH)
        rows += _fairly(session, now, limit - len(rows), again)
        rows = _in_order(session, now, rows)
        return _lease(session, rows, now)


def take_for_fetching(services: Services, limit: int) -> list[Claimed]:
    """Those that need something from another server first: their signer's key, or what they are about."""
    now = services.clock.now()
    with services.db.read() as session:
        if session.scalar(select(_Row.id).where(_NEEDY, _is_due(now)).limit(1)) is None:
            return []
    with services.db.write() as session:
        _one_at_a_time(services, session)
        # Half of the places for each: claims, which cost nothing, must not keep out what is certain.
        needy = and_(_Row.state == IntakeState.RETRY, _Row.reason == FETCH)
        rows = _fairly(session, now, limit // 2, needy)
        rows += _fairly(session, now, limit - len(rows), _Row.state == IntakeState.UNVERIFIED)
        return _lease(session, rows, now)


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(_Row.next_at.is_(None), _Row.next_at <= now)


def _one_at_a_time(services: Services, session: Session) -> None:
    """Workers of many hosts take turns at taking; SQLite's writers do so anyway."""
    if not services.db.sqlite:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})


def _fairly(session: Session, now: datetime, limit: int, which: ColumnElement[bool]) -> list[InboxActivityRow]:
    """At most `limit` rows, by id: all that are due if these are no more, else the oldest of each queue."""
    if limit <= 0:
        return []
    due = select(_Row.id).where(which, _is_due(now)).order_by(_Row.id)
    ids = list(session.scalars(due.limit(limit + 1)))
    if len(ids) > limit:
        ids = _in_turn(session, due, _queues(session, which), limit)
    query = select(_Row).where(_Row.id.in_(ids)).order_by(_Row.id).with_for_update(skip_locked=True)
    return list(session.scalars(query))


def _queues(session: Session, which: ColumnElement[bool]) -> list[str]:
    """The queues in which anything waits, by a leap from each to the next: a long one costs what a short one does."""
    queues = select(func.min(_Row.queue).label("queue")).where(which).cte("queues", recursive=True)
    following = select(func.min(_Row.queue)).where(which, _Row.queue > queues.c.queue).scalar_subquery()
    queues = queues.union_all(select(following).where(queues.c.queue.is_not(None)))
    return list(session.scalars(select(queues.c.queue).where(queues.c.queue.is_not(None))))


def _in_turn(session: Session, due: Select[int], queues: list[str], limit: int) -> list[int]:
    """The same share of each queue's oldest; what some don't use is shared among the others. More queues than places
    draw lots, since nobody remembers whose turn it was.
    """
    ids: list[int] = []
    last = dict.fromkeys(random.sample(queues, min(len(queues), limit)), 0)
    while last and len(ids) < limit:
        share = max(1, (limit - len(ids)) // len(last))
        for queue in list(last):
            part = due.where(_Row.queue == queue, _Row.id > last[queue]).limit(min(share, limit - len(ids)))
            found = list(session.scalars(part))
            ids += found
            if len(found) < share:
                del last[queue]
            else:
                last[queue] = found[-1]
            if len(ids) >= limit:
                break
    return ids


def _in_order(session: Session, now: datetime, rows: Sequence[InboxActivityRow]) -> list[InboxActivityRow]:
    """Without those whose actor sent something before that another worker has in hand: a Delete mustn't overtake."""
    if not rows:
        return []
    busy = set(
        session.scalars(
            select(_Row.actor_uri).where(
                _Row.state == IntakeState.WAITING, _Row.next_at > now, _Row.id < max(row.id for row in rows)
            )
        )
    )
    return [row for row in rows if row.actor_uri not in busy]


def _lease(session: Session, rows: Sequence[InboxActivityRow], now: datetime) -> list[Claimed]:
    if not rows:
        return []
    session.execute(
        update(_Row)
        .where(_Row.id.in_([row.id for row in rows]))
        .values(next_at=now + LEASE, attempts=_Row.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return [
        Claimed(
            id=row.id,
            kind=row.kind,
            activity_uri=row.activity_uri,
            domain=row.domain,
            queue=row.queue,
            actor_uri=row.actor_uri,
            key_id=row.key_id,
            body=row.body,
            signed_request=row.signed_request,
            state=row.state,
            reason=row.reason,
            attempts=row.attempts + 1,
            received_at=row.received_at,
        )
        for row in rows
    ]
