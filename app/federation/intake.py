"""The intake: activities that were answered 202 are read, handed to their handlers in batches, and marked.

What needs another server first is fetched beside it, by threads of the fetching pass, so that nobody's slowness holds
up what can be judged now. A row that makes its handler fail fails alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import structlog
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import AppError, RateLimitedError, UnavailableError
from app.federation import claims, counters, instances, settled
from app.federation.claims import Claimed
from app.federation.handlers import HANDLERS, Handler
from app.federation.instances import Traffic
from app.federation.outcomes import DONE, FETCH, Item, Outcome, refused, retry
from app.federation.prefetch import FETCHED, FetchingPass
from app.federation.rules import suspends
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire import documents, parse
from app.federation.wire.errors import FetchError, WireError
from app.federation.wire.values import Activity, Actor, Delete, NeedsFetch, Update
from app.services import Services
from moderation.domains.rules import DomainRules

log = structlog.get_logger()
MOST_BATCHES = 50
_FINAL = (IntakeState.DONE, IntakeState.REFUSED)
_TABLE = cast(Table, InboxActivityRow.__table__)
_MARK = (
    update(_TABLE)
    .where(_TABLE.c.id == bindparam("row_id"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        next_at=bindparam("new_next_at"),
        done_at=bindparam("new_done_at"),
    )
)
_EMPTY = update(_TABLE).where(_TABLE.c.id == bindparam("row_id")).values(body=b"", signed_request=None)


def drain(services: Services, limit: int = 200) -> int:
    """Deal with what waits; how many activities were dealt with (again)."""
    total = 0
    with FetchingPass(services) as fetches:
        for _ in range(MOST_BATCHES):
            fetches.start()
            done = judge(services, limit)
            total += done
            if done == 0 and not fetches.wait():
                break
    return total


def judge(services: Services, limit: int) -> int:
    """One batch of what can be handled at once; how many."""
    claimed = claims.take_verified(services, limit)
    if not claimed:
        return 0
    oldest = min(row.received_at for row in claimed)
    counters.INTAKE_AGE.set((services.clock.now() - oldest).total_seconds())
    batch = _read(services, claimed)
    for group in _groups(batch.items):
        batch.outcomes |= _handle(services, HANDLERS[type(group[0].activity)], group)
    _mark(services, claimed, batch.outcomes)
    return len(claimed)


def prune(services: Services, before: datetime, limit: int = 5000) -> int:
    """Drop rows that were settled before then; what was done is remembered by its digest for months."""
    with services.db.write() as session:
        old = session.execute(
            select(_TABLE.c.id, _TABLE.c.state, _TABLE.c.activity_uri, _TABLE.c.actor_uri)
            .where(InboxActivityRow.state.in_(_FINAL), InboxActivityRow.done_at < before)
            .limit(limit)
        ).all()
        done = (settled.digest(row.activity_uri, row.actor_uri) for row in old if row.state is IntakeState.DONE)
        settled.remember(session, done, services.clock.now())
        session.execute(delete(InboxActivityRow).where(InboxActivityRow.id.in_([row.id for row in old])))
    return len(old)


@dataclass(slots=True)
class _Batch:
    """What was read of a batch: items for the handlers, and those that are settled without one."""

    items: list[Item] = field(default_factory=list)
    outcomes: dict[int, Outcome] = field(default_factory=dict)


def _read(services: Services, claimed: Sequence[Claimed]) -> _Batch:
    """Parse all, with one query for their actors and one look at the rules."""
    batch = _Batch()
    with services.db.read() as session:
        rules = DomainRules.load(session)
        actors = _actors(session, {row.actor_uri for row in claimed})
    for row in claimed:
        try:
            activity, elsewhere = parsed(row.body)
        except WireError as error:
            batch.outcomes[row.id] = refused(error.code)
            continue
        actor = actors.get(activity.actor)
        if actor is None or actor.deleted_at is not None:
            batch.outcomes[row.id] = refused("actor_gone")
        elif suspends(rules, row.domain) or (actor.suspended_at is not None and not _may_speak(actor, activity)):
            batch.outcomes[row.id] = refused("actor_suspended" if actor.suspended_at else "domain_suspended")
        else:
            fetched = row.reason == FETCHED
            batch.items.append(Item(row.id, activity, actor, row.received_at, row.attempts, elsewhere, fetched))
    return batch


def _may_speak(actor: ActorRow, activity: Activity) -> bool:
    """Who is suspended by their own server only may still be told of by it: that they are back, or gone."""
    of_themselves = isinstance(activity, Update) and isinstance(activity.object, Actor)
    leaving = isinstance(activity, Delete) and activity.is_of_the_actor
    return leaving or (of_themselves and actor.suspended_at_home)


def parsed(body: bytes) -> tuple[Activity, str | None]:
    """The activity in a body, and where its object must be fetched from before it is believed. Raises WireError."""
    activity = parse.parse_activity(documents.load(body))
    needed = parse.require_owner(activity)
    return activity, needed.uri if isinstance(needed, NeedsFetch) else None


def _actors(session: Session, uris: set[str]) -> dict[str, ActorRow]:
    return {row.uri: row for row in session.scalars(select(ActorRow).where(ActorRow.uri.in_(uris)))}


def _groups(items: Sequence[Item]) -> list[list[Item]]:
    """Batches of one type each, as few as go without any actor's activities changing their order."""
    groups: list[list[Item]] = []
    last_of_kind: dict[type[Activity], int] = {}
    last_of_actor: dict[str, int] = {}
    for item in items:
        kind, actor = type(item.activity), item.activity.actor
        place = last_of_kind.get(kind, -1)
        if place < last_of_actor.get(actor, 0) or place < 0:
            groups.append([])
            place = last_of_kind[kind] = len(groups) - 1
        groups[place].append(item)
        last_of_actor[actor] = place
    return groups


def _handle(services: Services, handler: Handler, items: Sequence[Item]) -> dict[int, Outcome]:
    """What became of each. Where a batch fails, its rows are tried one by one, so that only the culprit suffers."""
    try:
        outcomes = handler(services, items)
        return {item.row_id: outcome for item, outcome in zip(items, outcomes, strict=True)}
    except Exception as error:  # noqa: BLE001 - one stranger's activity must never stop everybody's intake
        if len(items) > 1:
            log.warning("batch_failed", kind=type(items[0].activity).__name__, error=repr(error))
            return {item.row_id: _handle(services, handler, [item])[item.row_id] for item in items}
        return {items[0].row_id: _failed(items[0], error)}


def _failed(item: Item, error: Exception) -> Outcome:
    if isinstance(error, UnavailableError | RateLimitedError) or (
        isinstance(error, FetchError) and not error.permanent
    ):
        return retry(error.code, item.attempts)
    if isinstance(error, WireError | AppError):
        return refused(error.code)
    if isinstance(error, OperationalError):
        return retry("database_busy", item.attempts)
    log.error("activity_failed", activity=item.activity.uri, exc_info=error)
    return retry("failed", item.attempts)


def _mark(services: Services, claimed: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
    now = services.clock.now()
    traffic: dict[str, Traffic] = {}
    for row in claimed:
        _count(traffic.setdefault(row.domain, Traffic()), row, outcomes[row.id])
    with services.db.write() as session:
        connection = session.connection()
        connection.execute(_MARK, [_marked(row_id, outcome, now) for row_id, outcome in outcomes.items()])
        final = [{"row_id": row_id} for row_id, outcome in outcomes.items() if outcome.state in _FINAL]
        if final:
            connection.execute(_EMPTY, final)  # private posts have no second copy here
        instances.count(session, traffic, now)


def _marked(row_id: int, outcome: Outcome, now: datetime) -> dict[str, Any]:
    return {
        "row_id": row_id,
        "new_state": outcome.state,
        "new_reason": outcome.reason[:255] if outcome.reason else None,
        "new_next_at": now + outcome.after if outcome.after is not None else None,
        "new_done_at": now if outcome.state in _FINAL else None,
    }


def _count(traffic: Traffic, row: Claimed, outcome: Outcome) -> None:
    if outcome is DONE:
        counters.HANDLED.labels(row.kind).inc()
    elif outcome.state is IntakeState.REFUSED:
        counters.NOT_HANDLED.labels(outcome.reason).inc()
        traffic.refused += 1
    elif outcome.reason != FETCH:
        counters.RETRIED.labels(outcome.reason).inc()
    if row.state is IntakeState.WAITING:
        traffic.received += 1
