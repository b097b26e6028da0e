"""The rows behind deliveries: what is due, taken host by host, and what came of it written down."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import counters, instances
from app.federation.answers_from import Answer
from app.federation.rules import suspends
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow, OutboxActivityRow, RetiredKeyRow
from app.federation.wire.errors import BadStatusError, FetchError
from app.federation.wire.signatures import Form
from app.services import Services
from moderation.domains.rules import DomainRules
from moderation.rows import slices

HOST_LEASE = timedelta(minutes=10)
GIVE_UP_AFTER = timedelta(days=7)
PER_HOST = 32
_FIRST_DELAY, _LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=12)
_ADVISORY_LOCK = 0x0571B


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose host is ours to serve."""

    id: int
    inbox_url: str
    host: str
    attempts: int
    created_at: datetime
    body: bytes
    actor_id: int
    key_id: str
    private_key_pem: str
    for_followers: bool
    form: Form | None
    """Of signature that the host is known to take."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one."""

    due: Due
    answer: Answer
    error: FetchError | None = None


def take(services: Services, limit: int, most_hosts: int) -> list[Due]:
    """Some `limit` due deliveries, the oldest of hosts that nobody else serves and that aren't left alone now.

    Their hosts are ours for HOST_LEASE, or until they're settled.
    """
    per_host = min(limit, PER_HOST)
    most_hosts = max(1, min(most_hosts, limit // per_host))
    now = services.clock.now()
    with services.db.read() as session:
        if session.scalar(_hosts(now).limit(1)) is None:
            return []
    with services.db.write() as session:
        if not services.db.sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        hosts = _open(session, session.scalars(_hosts(now).limit(most_hosts)).all())
        _lease(session, hosts, now)
        return _load(session, hosts, now, per_host)


def settle(services: Services, results: Sequence[Result]) -> int:
    """Write down what became of deliveries, and give their hosts back; how many were tried."""
    if not results:
        return 0
    now = services.clock.now()
    by_host: dict[str, list[Result]] = {}
    for result in results:
        by_host.setdefault(result.due.host, []).append(result)
        counters.DELIVERED.labels(result.answer.value).inc()
    with services.db.write() as session:
        _settle_delivered(session, [result.due.id for result in results if result.answer is Answer.DELIVERED])
        for result in results:
            if result.answer not in _NOTHING_MORE:
                _settle_one(session, result, now)
        instances.revive(session, sorted({one.due.host for one in results if one.answer is Answer.DELIVERED}))
        hosts = session.scalars(select(InstanceRow).where(InstanceRow.domain.in_(by_host))).all()
        for row in hosts:
            _settle_host(session, row, by_host[row.domain], now)
    return sum(result.answer is not Answer.UNTRIED for result in results)


def drop(session: Session, activity_ids: Sequence[int]) -> None:
    """Forget activities and their deliveries."""
    session.execute(delete(DeliveryRow).where(DeliveryRow.activity_id.in_(activity_ids)))
    session.execute(delete(OutboxActivityRow).where(OutboxActivityRow.id.in_(activity_ids)))


def backoff(failures: int) -> timedelta:
    """How long to wait after so many failures: twice as long each time, up to half a day, with some chance in it."""
    seconds = _FIRST_DELAY.total_seconds() * 2 ** min(failures - 1, 20)
    return timedelta(seconds=min(seconds, _LONGEST_DELAY.total_seconds()) * random.uniform(0.75, 1.25))


def _hosts(now: datetime) -> Select[str]:
    """Hosts for which something is due: those that wait longest first, and after all others those that failed when we
    last tried. What waits for them is the oldest there is, so that by age alone they would always come first.
    """
    return (
        select(DeliveryRow.host)
        .outerjoin(InstanceRow, InstanceRow.domain == DeliveryRow.host)
        .where(
            DeliveryRow.state == DeliveryState.WAITING,
            DeliveryRow.next_at <= now,
            or_(InstanceRow.retry_at.is_(None), InstanceRow.retry_at <= now),
        )
        .group_by(DeliveryRow.host, InstanceRow.failures)
        .order_by(func.coalesce(InstanceRow.failures, 0) > 0, func.min(DeliveryRow.id))
    )


def _open(session: Session, hosts: Sequence[str]) -> list[str]:
    """Without those whose domain was suspended since: nothing but what ends our ties is sent there."""
    rules = DomainRules.load(session)
    suspended = [host for host in hosts if suspends(rules, host)]
    last_words = select(OutboxActivityRow.id).where(OutboxActivityRow.last_word)
    for host in suspended:
        _give_up(session, (DeliveryRow.host == host) & DeliveryRow.activity_id.not_in(last_words), "domain_suspended")
    waiting = select(DeliveryRow.host).where(
        DeliveryRow.host.in_(suspended), DeliveryRow.state == DeliveryState.WAITING
    )
    still_told = set(session.scalars(waiting.distinct())) if suspended else set()
    return [host for host in hosts if host not in suspended or host in still_told]


def _lease(session: Session, hosts: Sequence[str], now: datetime) -> None:
    instances.meet_all(session, hosts, now)
    session.execute(update(InstanceRow).where(InstanceRow.domain.in_(hosts)).values(retry_at=now + HOST_LEASE))


def _load(session: Session, hosts: Sequence[str], now: datetime, per_host: int) -> list[Due]:
    place = func.row_number().over(partition_by=DeliveryRow.host, order_by=DeliveryRow.id).label("place")
    ranked = (
        select(DeliveryRow.id, place)
        .where(DeliveryRow.host.in_(hosts), DeliveryRow.state == DeliveryState.WAITING, DeliveryRow.next_at <= now)
        .subquery()
    )
    rows = session.execute(
        select(
            DeliveryRow.id,
            DeliveryRow.inbox_url,
            DeliveryRow.host,
            DeliveryRow.attempts,
            DeliveryRow.created_at,
            OutboxActivityRow.body,
            ActorRow.id,
            ActorRow.key_id,
            _SIGNING_KEY,
            OutboxActivityRow.for_followers,
            InstanceRow.signature_form,
        )
        .join(ranked, ranked.c.id == DeliveryRow.id)
        .join(OutboxActivityRow, OutboxActivityRow.id == DeliveryRow.activity_id)
        .join(ActorRow, ActorRow.id == OutboxActivityRow.actor_id)
        .outerjoin(RetiredKeyRow, RetiredKeyRow.actor_id == ActorRow.id)
        .outerjoin(InstanceRow, InstanceRow.domain == DeliveryRow.host)
        .where(ranked.c.place <= per_host)
        .order_by(DeliveryRow.id)
    )
    return [
        Due(row_id, inbox, host, attempts, created_at, body.encode(), actor_id, key_id or "", pem or "", few, form)
        for row_id, inbox, host, attempts, created_at, body, actor_id, key_id, pem, few, form in rows
    ]


_OLD_KEY_REFUSED = ("status_401", "status_403")
_SIGNING_KEY = case(
    (
        and_(
            OutboxActivityRow.id <= RetiredKeyRow.last_activity_id,
            or_(DeliveryRow.last_error.is_(None), DeliveryRow.last_error.not_in(_OLD_KEY_REFUSED)),
        ),
        RetiredKeyRow.private_key_pem,
    ),
    else_=ActorRow.private_key_pem,
)
"""What was written before a key was changed, and what tells of the change, is signed with the old key: that's the one
which peers have. Who refuses it has fetched the new one already."""


_NOTHING_MORE = (Answer.DELIVERED, Answer.UNTRIED)
_FAILED = (Answer.HOST_FAILED, Answer.NOT_NOW)


def _settle_delivered(session: Session, ids: Sequence[int]) -> None:
    """All in one statement: for most of what is sent there's nothing else to write down."""
    for part in slices(ids):
        session.execute(
            update(DeliveryRow)
            .where(DeliveryRow.id.in_(part))
            .values(state=DeliveryState.DELIVERED, attempts=DeliveryRow.attempts + 1, last_error=None)
            .execution_options(synchronize_session=False)
        )


def _settle_one(session: Session, result: Result, now: datetime) -> None:
    due, answer = result.due, result.answer
    this = DeliveryRow.id == due.id
    tried = update(DeliveryRow).where(this)
    if answer is Answer.GONE:
        _give_up(session, DeliveryRow.inbox_url == due.inbox_url, "gone")
        _forget_inbox(session, due.inbox_url)
    elif answer is Answer.REFUSED or (answer in _FAILED and now - due.created_at > GIVE_UP_AFTER):
        _give_up(session, this, _reason(result.error))
    elif answer in _FAILED:
        session.execute(
            tried.values(
                attempts=DeliveryRow.attempts + 1,
                next_at=now + backoff(due.attempts + 1) if answer is Answer.NOT_NOW else now,
                last_error=_reason(result.error),
            )
        )


def _settle_host(session: Session, row: InstanceRow, results: Sequence[Result], now: datetime) -> None:
    """Give it back: at once when it answers, later when it doesn't, and with nothing left to do when it's dead."""
    answers = {result.answer for result in results}
    row.retry_at = None
    if Answer.DELIVERED not in answers and answers.intersection(_FAILED) and instances.failed(row, now):
        row.failures = 0
        _give_up(session, DeliveryRow.host == row.domain, "host_dead")
        return
    if Answer.HOST_FAILED in answers:
        row.failures += 1
        silent = [result.error for result in results if result.answer is Answer.HOST_FAILED]
        row.retry_at = now + max(backoff(row.failures), _asked_for(silent))
    elif answers != {Answer.UNTRIED}:
        row.failures = 0


def _asked_for(errors: Sequence[FetchError | None]) -> timedelta:
    """What a host wants by Retry-After, within the longest that we wait anyway."""
    seconds = max((error.retry_after or 0 for error in errors if isinstance(error, BadStatusError)), default=0)
    return min(timedelta(seconds=seconds), _LONGEST_DELAY)


def _give_up(session: Session, which: ColumnElement[bool], reason: str) -> None:
    session.execute(
        update(DeliveryRow)
        .where(which, DeliveryRow.state == DeliveryState.WAITING)
        .values(state=DeliveryState.GIVEN_UP, last_error=reason[:255])
    )


def _forget_inbox(session: Session, inbox_url: str) -> None:
    remote = ActorRow.local.is_(False)
    for column in (ActorRow.shared_inbox_url, ActorRow.inbox_url):
        session.execute(update(ActorRow).where(remote, column == inbox_url).values({column: None}))


def _reason(error: FetchError | None) -> str:
    if isinstance(error, BadStatusError):
        return f"status_{error.answered}"
    return error.code if error is not None else "unknown"
