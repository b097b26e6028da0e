"""The inbox's gate: everything that a delivery must be before it's answered 202. It raises, or it's on disk.

In this order, cheapest and most telling first: budget of the address, bounds and shape, deletions of what nobody
here knows, the rule for its domain, the signature's form and freshness, the key, the budgets of its host and actor,
the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, RateLimitedError, UnauthorizedError, UnavailableError
from app.federation import counters, followers, forms, forwarded, keys, passed_on, proofs, relays
from app.federation.keys import KeyCache, KnownKey, Made
from app.federation.relayed import as_announced
from app.federation.rules import KnownRules
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire import documents, parse, signatures, synchronisation, uris
from app.federation.wire.errors import ForeignError, ForgedError, MalformedError
from app.federation.wire.integrity import Proof
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
    document: dict[str, Any]
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
        document = documents.load(request.body, max_bytes=LARGEST_BODY_BYTES)
        activity = parse.parse_activity(document)
        if isinstance(activity, Delete) and self._is_of_nothing(activity):
            counters.DROPPED.labels("delete_of_unknown").inc()
            return
        now = self._services.clock.now()
        found = signatures.parse_signatures(request)
        _require_short_names(activity, [one.key_id for one in found])
        domain = uris.origin(activity.actor) or ""
        own = any(uris.origin(one.key_id) == domain for one in found)
        if own:
            found = self._checked_domain(found, domain)
        found = signatures.check_all(request, found, now=now, expected_host=self._services.settings.domain)
        delivery = _Delivery(request, document, found, activity, domain, address, now)
        signature, known = self._maker(delivery)
        if known is None and not own:
            self._hear_later(delivery, signature)
        elif known is not None and known.owner_uri != activity.actor:
            self._hear(delivery, known)
        elif known is not None:
            self._spend_theirs(delivery.domain, delivery.activity.actor)
            self._notice(delivery.domain, signature)
            self._store(delivery, _verified(delivery, signature))
            self._hear_of_followers(delivery, signature)
        else:
            self._check_room(delivery, signature.key_id)
            self._store(delivery, _claim(delivery, signature))

    def _hear(self, delivery: _Delivery, signer: KnownKey) -> None:
        """Something that was passed on by somebody whom we know, at the expense of who did. It's believed by its own
        proof, or not at all: then nothing of it is kept.
        """
        host = uris.origin(signer.owner_uri) or ""
        if self._rules.suspends(host):
            raise domain_suspended()
        self._spend_theirs(host, signer.owner_uri)
        relayed = self._is_relay(signer)
        if delivery.domain == self._services.settings.domain or self._rules.suspends(delivery.domain):
            self._refuse_passed_on(delivery.domain, relayed=relayed)
        elif not relayed and self._take_by_proof(delivery, host):
            return
        elif forwarded.hear(self._services, delivery.activity):
            counters.DROPPED.labels("forwarded").inc()
        elif relayed:
            self._take_from_relay(signer, delivery.activity, delivery.now)
        else:
            raise passed_on.refusal(signer.owner_uri, delivery.activity)

    def _hear_later(self, delivery: _Delivery, signature: ParsedSignature) -> None:
        """Who passes it on is fetched first, as anybody whose key nobody here knows: if it's worth anything here."""
        host = uris.origin(signature.key_id) or ""
        if self._rules.suspends(host):
            raise domain_suspended()
        if delivery.domain == self._services.settings.domain or self._rules.suspends(delivery.domain):
            self._refuse_passed_on(delivery.domain, relayed=False)
        proof = proofs.usable(delivery.document, delivery.activity, delivery.now)
        if (
            proof is None
            and not forwarded.concerns(self._services, delivery.activity)
            and not self._is_relays(signature)
        ):
            raise ForeignError("the key is on another host than the actor", code="key_foreign")
        self._check_room(delivery, signature.key_id)
        self._store(delivery, _claim(delivery, signature))

    def _take_by_proof(self, delivery: _Delivery, host: str) -> bool:
        """Whether an activity has a proof of its own, and is on disk by it. Raises WireError where it's a bad one."""
        proof = proofs.usable(delivery.document, delivery.activity, delivery.now)
        if proof is None:
            return False
        _require_short_names(delivery.activity, [proof.key_id])
        actor, now = delivery.activity.actor, delivery.now
        told = proofs.made(delivery.document, proof, self._keys.get(proof.key_id, now), actor, now)
        if told is not Made.YES:  # another process may have fetched a new one
            told = proofs.made(delivery.document, proof, self._keys.reload(proof.key_id, now), actor, now)
        if told is Made.NO:
            raise ForgedError("the proof was not made by this key over this document", code="proof_wrong")
        if told is Made.YES:
            self._store(delivery, _proved(delivery, proof, host))
        else:
            self._check_room(delivery, proof.key_id)
            self._store(delivery, _unproved(delivery, proof))
        return True

    def _is_relay(self, signer: KnownKey) -> bool:
        with self._db.read() as session:
            return relays.of_uri(session, signer.owner_uri) is not None

    def _is_relays(self, signature: ParsedSignature) -> bool:
        """Whether a relay signed with a key that isn't known here yet: it may have changed."""
        with self._db.read() as session:
            return relays.of_key(session, signature.key_id)

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
        """A signature with the known key that made it, the actor's own before any other's; or one whose key the worker
        must fetch first. Raises ForgedError where all keys are fresh and none of them did.
        """
        unsure: ParsedSignature | None = None
        another: tuple[ParsedSignature, KnownKey] | None = None
        for signature in delivery.signatures:
            known = self._keys.get(signature.key_id, delivery.now)
            told = keys.made(delivery.request, signature, known, delivery.now)
            if told is not Made.YES and known is not None:  # another process may have fetched a new one
                known = self._keys.reload(signature.key_id, delivery.now)
                told = keys.made(delivery.request, signature, known, delivery.now)
            if told is Made.YES and known is not None:
                if known.owner_uri == delivery.activity.actor:
                    return signature, known
                another = another or (signature, known)
            elif told is Made.PERHAPS:
                unsure = unsure or signature
        if another is not None and (unsure is None or uris.origin(unsure.key_id) != delivery.domain):
            return another
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

    def _check_room(self, delivery: _Delivery, key_id: str) -> None:
        """Unverified rows cost strangers nothing, so there's an end to them: for the network that they come from, which
        is all that is certain of them. The host that they claim to be of must not pay for what others claim.
        """
        self._budgets.spend(KEY_FETCHES, network(delivery.address))
        with self._db.read() as session:
            reason = keys.failure(session, key_id, delivery.now)
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

    def _store(self, delivery: _Delivery, row: dict[str, Any]) -> None:
        self._writer.store(row)
        counters.RECEIVED.labels(type(delivery.activity).__name__).inc()


def _require_short_names(activity: Activity, key_ids: Sequence[str]) -> None:
    if len(activity.uri.encode()) + max(len(key_id.encode()) for key_id in key_ids) > LONGEST_NAMES_BYTES:
        raise MalformedError("the activity's id is too long", code="id_too_long")


def _verified(delivery: _Delivery, signature: ParsedSignature) -> dict[str, Any]:
    """Certain to come from its actor."""
    return _row(delivery, delivery.activity.uri, signature.key_id, delivery.domain, IntakeState.WAITING)


def _proved(delivery: _Delivery, proof: Proof, host: str) -> dict[str, Any]:
    """Certain to be its actor's, whoever passed it on: it waits behind what else that host sends."""
    return _row(delivery, delivery.activity.uri, proof.key_id, host, IntakeState.WAITING)


def _claim(delivery: _Delivery, signature: ParsedSignature) -> dict[str, Any]:
    """Its signature's key must be fetched first."""
    name, queue = _claimed_name(delivery, signature.signature), neighbourhood(delivery.address)
    row = _row(delivery, name, signature.key_id, queue, IntakeState.UNVERIFIED)
    return {**row, "signed_request": _for_later(delivery)}


def _unproved(delivery: _Delivery, proof: Proof) -> dict[str, Any]:
    """Its proof's key must be fetched first; who passed it on is known already."""
    name, queue = passed_on.name_of(delivery.request.body), neighbourhood(delivery.address)
    row = _row(delivery, name, proof.key_id, queue, IntakeState.UNVERIFIED)
    return {**row, "signed_request": passed_on.PROOF_ALONE}


def _row(delivery: _Delivery, name: str, key_id: str, queue: str, state: IntakeState) -> dict[str, Any]:
    return {
        "activity_uri": name,
        "kind": type(delivery.activity).__name__,
        "domain": delivery.domain,
        "queue": queue,
        "actor_uri": delivery.activity.actor,
        "key_id": key_id,
        "body": delivery.request.body,
        "signed_request": None,
        "state": state,
        "attempts": 0,
        "received_at": delivery.now,
    }


def _claimed_name(delivery: _Delivery, signature: bytes) -> str:
    """A name for a row that nobody has verified: were it the activity's own, a forgery that comes first would keep
    the real one out as its duplicate.
    """
    what = delivery.activity.uri.encode() + b"\0" + signature
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
