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

import orjson
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnavailableError
from app.federation import counters, followers, forms, forwarded, keys, relays
from app.federation.keys import KeyCache, KnownKey, Made
from app.federation.relayed import as_announced
from app.federation.rules import KnownRules
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire import documents, parse, signatures, synchronisation, uris
from app.federation.wire.errors import ForeignError, ForgedError, MalformedError
from app.federation.wire.signatures import Form, ParsedSignature, SignedRequest
from app.federation.wire.values import Activity, Announce, Delete
from app.federation.writer import InboxWriter, domain_suspended
from app.posts.tables import PostRow, PostState
from app.services import Services
from app.stores.budgets import (
    INBOX_BY_ACTOR,
    INBOX_BY_ADDRESS,
    INBOX_BY_HOST,
    KEY_FETCHES,
    Budgets,
    neighbourhood,
    network,
)
from app.stores.jobs import Job
from app.stores.refusals import Refusals

LARGEST_BODY_BYTES = 256 * 1024
UNVERIFIED_PER_NETWORK = 500
UNVERIFIED_IN_ALL = 20_000
RETRY_AFTER_SECONDS = 60
UNVERIFIED_NAME = "unverified:"
MOST_NOTICED = 10_000
LONGEST_NAMES_BYTES = 2000
"""Of an activity's id and its key's together: both stand in one index."""
_PENDING = (IntakeState.UNVERIFIED, IntakeState.WAITING, IntakeState.RETRY)


@dataclass(frozen=True, slots=True)
class _Delivery:
    """A delivery whose form is right; nothing of it is believed yet. Any of its signatures may prove it."""

    request: SignedRequest
    signatures: tuple[ParsedSignature, ...]
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
        self._noticed: set[str] = set()
        self._budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
        self._refusals = Refusals(services.redis, services.clock)
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
        found = signatures.parse_signatures(request)
        if len(activity.uri.encode()) + max(len(one.key_id.encode()) for one in found) > LONGEST_NAMES_BYTES:
            raise MalformedError("the activity's id is too long", code="id_too_long")
        domain = uris.origin(activity.actor) or ""
        if not any(uris.origin(one.key_id) == domain for one in found):
            self._hear(request, found, activity, now)
            return
        found = self._checked_domain(found, domain)
        found = signatures.check_all(request, found, now=now, expected_host=self._services.settings.domain)
        delivery = _Delivery(request, found, activity, domain, address, now)
        signature, known = self._maker(delivery)
        if known is not None:
            self._spend_theirs(delivery.domain, delivery.activity.actor)
            self._notice(delivery.domain, signature)
            self._store(delivery, signature, IntakeState.WAITING)
            self._hear_of_followers(delivery, signature)
        else:
            self._check_room(delivery, signature)
            self._store(delivery, signature, IntakeState.UNVERIFIED)

    def _hear(
        self, request: SignedRequest, found: tuple[ParsedSignature, ...], activity: Activity, now: datetime
    ) -> None:
        """Something that was passed on by somebody whom we know, at the expense of who did. Nothing of it is kept."""
        found = signatures.check_all(request, found, now=now, expected_host=self._services.settings.domain)
        known = [(one, self._keys.get(one.key_id, now)) for one in found]
        signer = next((key for one, key in known if keys.made(request, one, key, now) is Made.YES), None)
        if signer is None:
            raise ForeignError("the key is on another host than the actor", code="key_foreign")
        host, domain = uris.origin(signer.owner_uri) or "", uris.origin(activity.actor) or ""
        if self._rules.suspends(host):
            raise domain_suspended()
        self._spend_theirs(host, signer.owner_uri)
        relayed = self._is_relay(signer)
        if domain == self._services.settings.domain or self._rules.suspends(domain):
            self._refuse_passed_on(domain, relayed=relayed)
        elif forwarded.hear(self._services, activity):
            counters.DROPPED.labels("forwarded").inc()
        elif relayed:
            self._take_from_relay(signer, activity, now)
        else:
            raise ForeignError("the key is on another host than the actor", code="key_foreign")

    def _is_relay(self, signer: KnownKey) -> bool:
        with self._db.read() as session:
            return relays.of_uri(session, signer.owner_uri) is not None

    def _refuse_passed_on(self, domain: str, *, relayed: bool) -> None:
        """A relay passes on what others say: it isn't told whom of them we don't want, and nothing is kept."""
        if relayed:
            counters.DROPPED.labels("relayed_unwanted").inc()
            return
        if domain == self._services.settings.domain:
            raise ForbiddenError("This is our own name", code="own_domain")
        raise domain_suspended()

    def _take_from_relay(self, signer: KnownKey, activity: Activity, now: datetime) -> None:
        """What a relay forwards is as good as if it had announced it, and as little believed."""
        announced = as_announced(signer.owner_uri, activity)
        if announced is None:
            counters.DROPPED.labels("relayed").inc()
            return
        host = uris.origin(signer.owner_uri) or ""
        self._writer.store(
            {
                "activity_uri": announced["id"],
                "kind": Announce.__name__,
                "domain": host,
                "queue": host,
                "actor_uri": signer.owner_uri,
                "key_id": signer.key_id,
                "body": orjson.dumps(announced),
                "signed_request": None,
                "state": IntakeState.WAITING,
                "attempts": 0,
                "received_at": now,
            }
        )
        counters.RECEIVED.labels(Announce.__name__).inc()

    def _is_of_nothing(self, activity: Delete) -> bool:
        """Whether neither the thing nor its actor is known here, nor anything of the actor's is on its way in."""
        with self._db.read() as session:
            return not any(session.scalar(select(exists(known))) for known in _traces(activity))

    def _checked_domain(self, found: tuple[ParsedSignature, ...], domain: str) -> tuple[ParsedSignature, ...]:
        """The signatures by keys of the actor's own host, which is one that we have to do with."""
        own = tuple(one for one in found if uris.origin(one.key_id) == domain)
        if domain == self._services.settings.domain:
            raise ForbiddenError("This is our own name", code="own_domain")
        if self._rules.suspends(domain):
            raise domain_suspended()
        return own

    def _maker(self, delivery: _Delivery) -> tuple[ParsedSignature, KnownKey | None]:
        """A signature with the actor's known key that made it, or one whose key the worker must fetch first.

        Raises ForgedError where all keys are fresh and none of them did, ForeignError where only another's did.
        """
        unsure: ParsedSignature | None = None
        of_another = False
        for signature in delivery.signatures:
            known = self._keys.get(signature.key_id, delivery.now)
            told = keys.made(delivery.request, signature, known, delivery.now)
            if told is not Made.YES and known is not None:  # another process may have fetched a new one
                known = self._keys.reload(signature.key_id, delivery.now)
                told = keys.made(delivery.request, signature, known, delivery.now)
            if told is Made.YES and known is not None:
                if known.owner_uri == delivery.activity.actor:
                    return signature, known
                of_another = True
            if told is Made.PERHAPS:
                unsure = unsure or signature
        if unsure is None and of_another:
            raise ForeignError("the key is not the actor's", code="signer_not_actor")
        if unsure is None:
            raise ForgedError("the signature was not made by this key over this request")
        return unsure, None

    def _spend_theirs(self, host: str, actor: str) -> None:
        """Of a host's and an actor's budgets, once it's proved that they sent it. Raises RateLimitedError."""
        try:
            self._budgets.spend(INBOX_BY_HOST, host)
            self._budgets.spend(INBOX_BY_ACTOR, actor)
        except RateLimitedError:
            self._refusals.count(host)
            raise

    def _notice(self, host: str, signature: ParsedSignature) -> None:
        """Remember, once in this process's life, that a host speaks RFC 9421."""
        if signature.form is Form.RFC9421 and host not in self._noticed and len(self._noticed) < MOST_NOTICED:
            self._noticed.add(host)
            forms.noticed(self._services, host, signature.form)

    def _hear_of_followers(self, delivery: _Delivery, signature: ParsedSignature) -> None:
        """What an actor says, under their signature, of their followers here."""
        header = delivery.request.headers.get(synchronisation.HEADER.lower())
        if header is not None and synchronisation.HEADER.lower() in signature.headers:
            followers.hear(self._services, delivery.activity.actor, header)

    def _check_room(self, delivery: _Delivery, signature: ParsedSignature) -> None:
        """Unverified rows cost strangers nothing, so there's an end to them: for the network that they come from, which
        is all that is certain of them. The host that they claim to be of must not pay for what others claim.
        """
        self._budgets.spend(KEY_FETCHES, network(delivery.address))
        with self._db.read() as session:
            reason = keys.failure(session, signature.key_id, delivery.now)
            gone = select(ActorRow.id).where(ActorRow.uri == delivery.activity.actor, ActorRow.deleted_at.is_not(None))
            if session.scalar(gone) is not None:
                raise ForbiddenError("This actor was deleted", code="actor_gone")
            if reason is not None:
                raise UnauthorizedError(f"The key could not be fetched: {reason}", code="key_unavailable")
            queue = neighbourhood(delivery.address)
            if _count(session, _unverified().where(InboxActivityRow.queue == queue)) >= UNVERIFIED_PER_NETWORK:
                raise RateLimitedError(
                    "Too many deliveries of yours wait for their keys", retry_after=RETRY_AFTER_SECONDS
                )
            if _count(session, _unverified()) >= UNVERIFIED_IN_ALL:
                raise UnavailableError("Too many deliveries wait for their keys", code="too_many_unverified")

    def _store(self, delivery: _Delivery, signature: ParsedSignature, state: IntakeState) -> None:
        kind = type(delivery.activity).__name__
        self._writer.store(_row(delivery, signature, kind, state))
        counters.RECEIVED.labels(kind).inc()


def _row(delivery: _Delivery, signature: ParsedSignature, kind: str, state: IntakeState) -> dict[str, Any]:
    request = delivery.request
    return {
        "activity_uri": delivery.activity.uri if state is IntakeState.WAITING else _claimed(delivery, signature),
        "kind": kind,
        "domain": delivery.domain,
        "queue": delivery.domain if state is IntakeState.WAITING else neighbourhood(delivery.address),
        "actor_uri": delivery.activity.actor,
        "key_id": signature.key_id,
        "body": request.body,
        "signed_request": _for_later(delivery) if state is IntakeState.UNVERIFIED else None,
        "state": state,
        "attempts": 0,
        "received_at": delivery.now,
    }


def _claimed(delivery: _Delivery, signature: ParsedSignature) -> str:
    """A name for a row that nobody has verified: were it the activity's own, a forgery that comes first would keep
    the real one out as its duplicate.
    """
    what = delivery.activity.uri.encode() + b"\0" + signature.signature
    return UNVERIFIED_NAME + hashlib.sha256(what).hexdigest()


def _for_later(delivery: _Delivery) -> dict[str, Any]:
    """The signed parts of the request, so that it can be verified once its key is there."""
    names = {*signatures.HEADERS, "host", "digest", "content-digest"}
    names |= {name for one in delivery.signatures for name in one.headers}
    request = delivery.request
    headers = {name: request.headers[name] for name in names if name in request.headers}
    return {"method": request.method, "target": request.target, "headers": headers, "scheme": request.scheme}


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
