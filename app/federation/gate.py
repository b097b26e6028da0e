"""The inbox's gate: everything that a delivery must be before it's answered 202. It raises, or it's on disk.

In this order, cheapest and most telling first: budget of the address, bounds and shape, deletions of what nobody
here knows, the rule for its domain, the signature's form and freshness, the key, the budgets of its host and actor,
the disk.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnavailableError
from app.federation import counters, keys
from app.federation.keys import KeyCache
from app.federation.rules import KnownRules
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire import documents, parse, signatures, uris
from app.federation.wire.errors import ForeignError, ForgedError, MalformedError
from app.federation.wire.signatures import ParsedSignature, SignedRequest
from app.federation.wire.values import Activity, Delete
from app.federation.writer import InboxWriter, domain_suspended
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.stores.budgets import INBOX_BY_ACTOR, INBOX_BY_ADDRESS, INBOX_BY_HOST, KEY_FETCHES, Budgets, network
from app.stores.jobs import Job

LARGEST_BODY_BYTES = 256 * 1024
UNVERIFIED_PER_HOST = 500
UNVERIFIED_IN_ALL = 20_000
RETRY_AFTER_SECONDS = 60
UNVERIFIED_NAME = "unverified:"
LONGEST_NAMES_BYTES = 2000
"""Of an activity's id and its key's together: both stand in one index."""
_PENDING = (IntakeState.UNVERIFIED, IntakeState.WAITING, IntakeState.RETRY)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A delivery whose form is right; nothing of it is believed yet."""

    request: SignedRequest
    signature: ParsedSignature
    activity: Activity
    domain: str
    address: str
    now: datetime


class Gate:
    """One per process: it keeps the keys, the rules and the writer."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._db = services.db
        self._rules = KnownRules(services.db)
        self._keys = KeyCache(services.db)
        self._budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
        self._writer = InboxWriter(services.db, self._rules, lambda: services.nudger.nudge(Job.INTAKE))

    def spend(self, address: str) -> None:
        """One delivery of this address's budget, before its body is read. Raises RateLimitedError."""
        self._budgets.spend(INBOX_BY_ADDRESS, network(address))

    def receive(self, request: SignedRequest, address: str) -> None:
        """Take a delivery in: it's on disk, or needn't be, when this returns. Raises AppError or WireError."""
        activity = parse.parse_activity(documents.load(request.body, max_bytes=LARGEST_BODY_BYTES))
        if isinstance(activity, Delete) and self._is_of_nothing(activity):
            counters.DROPPED.labels("delete_of_unknown").inc()
            return
        now = self._services.clock.now()
        signature = signatures.parse_signature(request.headers.get("signature"))
        if len(activity.uri.encode()) + len(signature.key_id.encode()) > LONGEST_NAMES_BYTES:
            raise MalformedError("the activity's id is too long", code="id_too_long")
        domain = uris.origin(activity.actor) or ""
        delivery = _Delivery(request, signature, activity, domain, address, now)
        self._check_domain(delivery)
        signatures.check(request, signature, now=now, expected_host=self._services.settings.domain)
        if self._verified(delivery):
            self._store(delivery, IntakeState.WAITING)
        else:
            self._check_room(delivery)
            self._store(delivery, IntakeState.UNVERIFIED)

    def _is_of_nothing(self, activity: Delete) -> bool:
        """Whether neither the thing nor its actor is known here, nor anything of the actor's is on its way in."""
        with self._db.read() as session:
            return not any(session.scalar(select(exists(known))) for known in _traces(activity))

    def _check_domain(self, delivery: _Delivery) -> None:
        if uris.origin(delivery.signature.key_id) != delivery.domain:
            raise ForeignError("the key is on another host than the actor", code="key_foreign")
        if delivery.domain == self._services.settings.domain:
            raise ForbiddenError("This is our own name", code="own_domain")
        if self._rules.suspends(delivery.domain):
            raise domain_suspended()

    def _verified(self, delivery: _Delivery) -> bool:
        """Whether a key that we know made the signature; False where the worker must fetch one first.

        Raises ForgedError where the key is fresh and didn't, ForeignError where it is another actor's.
        """
        known = self._keys.get(delivery.signature.key_id)
        if known is None:
            return False
        try:
            signatures.check_key(delivery.request, delivery.signature, known.key)
        except ForgedError:
            newer = self._keys.reload(known.key_id)
            if newer is None or (newer.pem == known.pem and not newer.is_fresh(delivery.now)):
                return False
            signatures.check_key(delivery.request, delivery.signature, newer.key)
        if known.owner_uri != delivery.activity.actor:
            raise ForeignError("the key is not the actor's", code="signer_not_actor")
        self._budgets.spend(INBOX_BY_HOST, delivery.domain)
        self._budgets.spend(INBOX_BY_ACTOR, delivery.activity.actor)
        return True

    def _check_room(self, delivery: _Delivery) -> None:
        """Unverified rows cost strangers nothing, so there's an end to them."""
        self._budgets.spend(KEY_FETCHES, network(delivery.address))
        with self._db.read() as session:
            reason = keys.failure(session, delivery.signature.key_id, delivery.now)
            gone = select(ActorRow.id).where(ActorRow.uri == delivery.activity.actor, ActorRow.deleted_at.is_not(None))
            if session.scalar(gone) is not None:
                raise ForbiddenError("This actor was deleted", code="actor_gone")
            if reason is not None:
                raise UnauthorizedError(f"The key could not be fetched: {reason}", code="key_unavailable")
            if _count(session, _unverified().where(InboxActivityRow.domain == delivery.domain)) >= UNVERIFIED_PER_HOST:
                raise RateLimitedError(
                    "Too many deliveries of yours wait for their keys", retry_after=RETRY_AFTER_SECONDS
                )
            if _count(session, _unverified()) >= UNVERIFIED_IN_ALL:
                raise UnavailableError("Too many deliveries wait for their keys", code="too_many_unverified")

    def _store(self, delivery: _Delivery, state: IntakeState) -> None:
        kind = type(delivery.activity).__name__
        self._writer.store(_row(delivery, kind, state))
        counters.RECEIVED.labels(kind).inc()


def _row(delivery: _Delivery, kind: str, state: IntakeState) -> dict[str, Any]:
    request = delivery.request
    return {
        "activity_uri": delivery.activity.uri if state is IntakeState.WAITING else _claimed(delivery),
        "kind": kind,
        "domain": delivery.domain,
        "actor_uri": delivery.activity.actor,
        "key_id": delivery.signature.key_id,
        "body": request.body,
        "signed_request": _for_later(delivery) if state is IntakeState.UNVERIFIED else None,
        "state": state,
        "attempts": 0,
        "received_at": delivery.now,
    }


def _claimed(delivery: _Delivery) -> str:
    """A name for a row that nobody has verified: were it the activity's own, a forgery that comes first would keep
    the real one out as its duplicate.
    """
    what = delivery.activity.uri.encode() + b"\0" + delivery.signature.signature
    return UNVERIFIED_NAME + hashlib.sha256(what).hexdigest()


def _for_later(delivery: _Delivery) -> dict[str, Any]:
    """The signed parts of the request, so that it can be verified once its key is there."""
    names = {name for name in delivery.signature.headers if not name.startswith("(")} | {
        "signature",
        "digest",
        "host",
    }
    headers = {name: delivery.request.headers[name] for name in names if name in delivery.request.headers}
    return {"method": delivery.request.method, "target": delivery.request.target, "headers": headers}


def _traces(activity: Delete) -> tuple[Select[Any], ...]:
    return (
        select(ActorRow.id).where(
            ActorRow.uri.in_((activity.object_uri, activity.actor)), ActorRow.deleted_at.is_(None)
        ),
        select(PostRow.pk).where(PostRow.uri == activity.object_uri, PostRow.state != PostState.DELETED),
        select(InboxActivityRow.id).where(
            InboxActivityRow.domain == (uris.origin(activity.actor) or ""),
            InboxActivityRow.actor_uri == activity.actor,
            InboxActivityRow.state.in_(_PENDING),
        ),
    )


def _unverified() -> Select[int]:
    return select(InboxActivityRow.id).where(InboxActivityRow.state == IntakeState.UNVERIFIED)


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(UNVERIFIED_IN_ALL).subquery())) or 0
