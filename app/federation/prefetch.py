"""The fetching pass: what an activity needs from other servers before it can be handled, got beside the intake.

A few threads, never more than one for each host: whoever doesn't answer holds up themselves alone. Who made us ask
take turns, and so do those who made us ask one host: what strangers claim to be of a host waits beside what is. A
thread writes what it found (a verified row, a fetched post) by itself, and the intake goes on from the rows.
"""

from __future__ import annotations

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from types import TracebackType
from typing import Any, cast

import orjson
import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from app.accounts.tables import ActorRow
from app.errors import AppError, RateLimitedError, UnavailableError
from app.federation import (
    actors,
    claims,
    counters,
    departures,
    forms,
    forwarded,
    keys,
    passed_on,
    posts,
    proofs,
    receive_moves,
    relayed,
    relays,
    settled,
)
from app.federation.claims import Claimed
from app.federation.keys import FAILURE_LASTS, GONE_LASTS, KnownKey, Made
from app.federation.outcomes import FETCH, Outcome, refused, retry
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.turns import Turns
from app.federation.wire import documents, parse, signatures, uris
from app.federation.wire.errors import FetchError, ForeignError, ForgedError, GoneError, WireError
from app.federation.wire.integrity import Proof
from app.federation.wire.signatures import ParsedSignature, SignedRequest
from app.federation.wire.values import Activity, Add, Announce, Delete, Move, NeedsFetch, QuoteRequest
from app.services import Services
from app.stores.budgets import Budgets, spend_for_key

log = structlog.get_logger()
THREADS = 16
ROWS_IN_A_TURN = 3
ROWS_AT_ONCE = 200
PATIENCE_SECONDS = 0.25
FETCHED = "fetched"
GONE = 410


class FetchingPass:
    """Threads for the time of one drain; leaving the block waits for those that are still fetching."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="fetch")
        self._running: set[Future[None]] = set()
        self._waiting: dict[str, Turns[Claimed]] = {}
        """What waits for each host that is being asked, or will be; each row's queue takes its turn."""
        self._at_work = 0
        self._hosts: Turns[str] = Turns()
        """Hosts that no thread has in hand; those who made us ask take turns."""
        self._lock = threading.Lock()

    def __enter__(self) -> FetchingPass:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True)
        self._collect()

    def start(self) -> None:
        """Take what needs fetching, and see that threads are at work on it."""
        self._collect()
        for row in claims.take_for_fetching(self._services, ROWS_AT_ONCE):
            host = _host(row)
            with self._lock:
                if host not in self._waiting:
                    self._waiting[host] = Turns()
                    self._hosts.add(row.queue, host)
                    if self._at_work < THREADS:
                        self._at_work += 1
                        self._running.add(self._pool.submit(self._work))
                self._waiting[host].add(row.queue, row)

    def wait(self) -> bool:
        """Wait a moment for one to finish; False where none is running."""
        if not self._running:
            return False
        wait(self._running, timeout=PATIENCE_SECONDS, return_when=FIRST_COMPLETED)
        return True

    def _work(self) -> None:
        """Ask one host after another, a few things of each, until none waits for a thread."""
        while (host := self._next_host()) is not None:
            self._ask(host)

    def _next_host(self) -> str | None:
        with self._lock:
            host = self._hosts.take()
            if host is None:
                self._at_work -= 1
            return host

    def _ask(self, host: str) -> None:
        """Fetch for one host, for one turn; once it fails to answer, the rest is put off at once."""
        silent: FetchError | None = None
        asked = 0
        while (row := self._next(host, rest=silent is None and asked >= ROWS_IN_A_TURN)) is not None:
            asked += 1
            try:
                silent = fetch_for(self._services, row, silent)
            except SQLAlchemyError as error:
                log.warning("fetch_not_stored", host=host, error=str(error))  # its claim runs out, then it comes again

    def _next(self, host: str, *, rest: bool) -> Claimed | None:
        """What to ask this host next; None where that is nothing, or others have their turn before it."""
        with self._lock:
            row = self._waiting[host].take()
            if row is None:
                del self._waiting[host]
            elif rest and self._hosts:
                self._waiting[host].give_back(row.queue, row)
                self._hosts.add(row.queue, host)
                return None
            return row

    def _collect(self) -> None:
        for future in [future for future in self._running if future.done()]:
            self._running.remove(future)
            future.result()


def fetch_for(services: Services, row: Claimed, silent: FetchError | None = None) -> FetchError | None:
    """Get what one row needs and write down what came of it. `silent`: its host has just failed to answer.

    Returns the failure if it is one of the host, not of this row alone.
    """
    try:
        if silent is not None:
            raise silent
        if row.state is IntakeState.UNVERIFIED:
            _verify(services, row)
        else:
            _fetch_object(services, row)
    except (WireError, AppError) as error:
        if isinstance(error, GoneError) and _left(row, error):
            _depart(services, row)
            return None
        _put_off(services, row, error)
        return error if isinstance(error, FetchError) and not error.permanent else None
    return None


def _verify(services: Services, row: Claimed) -> None:
    """Turn a claim into an activity that is certainly its actor's. Raises WireError, AppError."""
    if row.signed_request == passed_on.PROOF_ALONE:
        _require_proof(services, row)
        _promote(services, row)
        return
    signer = _maker(services, row)
    if signer.owner_uri == row.actor_uri:
        _promote(services, row)
    else:
        _hear(services, row, signer)


def _hear(services: Services, row: Claimed, signer: KnownKey) -> None:
    """What the gate does with what somebody known passes on, now that they are known. Raises WireError, AppError."""
    document = documents.load(row.body)
    activity = parse.parse_activity(document)
    actors.require_open(services, uris.origin(signer.owner_uri) or "")
    with services.db.read() as session:
        by_relay = relays.of_uri(session, signer.owner_uri) is not None
    proof = None if by_relay else proofs.usable(document, activity, row.received_at)
    if proof is not None:
        _leave_to_proof(services, row, proof)
    elif forwarded.hear(services, activity):
        now = services.clock.now()
        _write(services, row, IntakeState.DONE, "forwarded", None, done_at=now, body=b"", signed_request=None)
        counters.DROPPED.labels("forwarded").inc()
    elif by_relay:
        _take_from_relay(services, row, signer, activity)
    else:
        raise passed_on.refusal(signer.owner_uri, activity)


def _take_from_relay(services: Services, row: Claimed, signer: KnownKey, activity: Activity) -> None:
    """Its key had changed; now it's as if the relay had announced what it forwards. Twice is once."""
    announced = relayed.as_announced(signer.owner_uri, activity)
    if announced is None:
        _write(services, row, IntakeState.DONE, "relayed", None, body=b"", signed_request=None)
        counters.DROPPED.labels("relayed").inc()
        return
    host = uris.origin(signer.owner_uri) or ""
    what = {"activity_uri": announced["id"], "kind": Announce.__name__, "actor_uri": signer.owner_uri}
    where = {"domain": host, "queue": host, "body": orjson.dumps(announced), "signed_request": None, "attempts": 0}
    try:
        _write(services, row, IntakeState.WAITING, None, timedelta(0), **what, **where)
    except IntegrityError:
        _settle(services, row, refused("duplicate"))


def _leave_to_proof(services: Services, row: Claimed, proof: Proof) -> None:
    """Who passed it on did sign; what remains is its own proof, whose key is had from another host. Twice is once."""
    name = passed_on.name_of(row.body)
    what = {"activity_uri": name, "key_id": proof.key_id, "signed_request": passed_on.PROOF_ALONE, "attempts": 0}
    try:
        _write(services, row, IntakeState.UNVERIFIED, None, timedelta(0), **what)
    except IntegrityError:
        _settle(services, row, refused("duplicate"))


def _require_proof(services: Services, row: Claimed) -> None:
    """Its own proof was made by a key of its actor, fetched if need be. Raises WireError, AppError."""
    document, now = documents.load(row.body), services.clock.now()
    proof = proofs.usable(document, parse.parse_activity(document), row.received_at)
    if proof is None:
        raise ForgedError("there is no proof", code="proof_wrong")
    with services.db.read() as session:
        known = keys.stored(session, proof.key_id)
    told = proofs.made(document, proof, known, row.actor_uri, now)
    if told is Made.PERHAPS:
        known = _fetch_key(services, proof.key_id, row.queue)
        told = proofs.made(document, proof, known, row.actor_uri, now)
    if told is not Made.YES:
        raise ForgedError("the proof was not made by this key over this document", code="proof_wrong")


def _maker(services: Services, row: Claimed) -> KnownKey:
    """The key that made one of its signatures, the actor's own before any other's. Raises WireError, AppError where
    none did.
    """
    kept = cast("dict[str, Any]", row.signed_request)
    request = SignedRequest(kept["method"], kept["target"], kept["headers"], row.body, kept.get("scheme", "https"))
    read = signatures.parse_signatures(request)
    theirs = [one for one in read if uris.same_origin(one.key_id, row.key_id)]
    theirs.sort(key=lambda one: one.key_id != row.key_id)  # whose failure counts is the one that the row is named for
    # As of when it came: what the gate refused of several is refused here, too.
    found = signatures.check_all(request, theirs, now=row.received_at, expected_host=services.settings.domain)
    first: WireError | AppError | None = None
    another: KnownKey | None = None
    for signature in found:
        try:
            known = _made_by(services, request, signature, row.queue)
        except (WireError, AppError) as error:
            first = first or error
            continue
        if known.owner_uri == row.actor_uri:
            forms.noticed(services, row.domain, signature.form)
            return known
        another = another or known
    if another is not None:
        return another
    raise first or ForgedError("there is no signature")


def _made_by(services: Services, request: SignedRequest, signature: ParsedSignature, queue: str) -> KnownKey:
    """The key of a signature that it made, fetched if need be. Raises WireError, AppError."""
    now = services.clock.now()
    with services.db.read() as session:
        known = keys.stored(session, signature.key_id)
    told = keys.made(request, signature, known, now)
    if told is Made.PERHAPS:
        known = _fetch_key(services, signature.key_id, queue)
        told = keys.made(request, signature, known, now)
    if known is None or told is not Made.YES:
        raise ForgedError("the signature was not made by this key")
    return known


def _fetch_key(services: Services, key_id: str, queue: str) -> KnownKey:
    """The key from its own host; a failure is remembered, so that strangers can't make us ask again and again."""
    now = services.clock.now()
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    spend_for_key(budgets, uris.origin(key_id) or "", queue)
    try:
        actors.fetch_key_owner(services, key_id)
    except WireError as error:
        lasts = GONE_LASTS if isinstance(error, GoneError) else FAILURE_LASTS
        with services.db.write() as session:
            keys.remember_failure(session, key_id, error.code, now + lasts)
        raise
    with services.db.write() as session:
        keys.forget_failures(session, key_id, now)
        known = keys.stored(session, key_id)
    if known is None:
        raise ForeignError("the key is kept by another actor", code="key_foreign")
    return known


def _left(row: Claimed, error: GoneError) -> bool:
    """Whether a Delete, whose key is gone already, says what the actor's own address says as well: 410."""
    if row.state is not IntakeState.UNVERIFIED or error.answered != GONE or row.kind != Delete.__name__:
        return False
    activity = parse.parse_activity(documents.load(row.body))
    return (
        isinstance(activity, Delete)
        and activity.is_of_the_actor
        and row.key_id.partition("#")[0] == activity.actor
        and activity.actor == row.actor_uri
    )


def _depart(services: Services, row: Claimed) -> None:
    """Nobody has to prove any more what the actor's own address answers."""
    with services.db.read() as session:
        actor_id = session.scalar(select(ActorRow.id).where(ActorRow.uri == row.actor_uri, ActorRow.local.is_(False)))
    if actor_id is not None:
        departures.depart(services, actor_id)
    counters.HANDLED.labels(row.kind).inc()
    now = services.clock.now()
    _write(services, row, IntakeState.DONE, "gone_at_home", None, done_at=now, body=b"", signed_request=None)


def _promote(services: Services, row: Claimed) -> None:
    """From here on it's as if its key had been known when it came; under the activity's own name, which is taken
    where it came twice.
    """
    uri = parse.parse_activity(documents.load(row.body)).uri
    with services.db.read() as session:
        if settled.among(session, [settled.digest(uri, row.actor_uri)]) or settled.received(session, [uri]) & {
            (uri, row.actor_uri)
        }:
            _settle(services, row, refused("duplicate"))
            return
    try:
        _write(
            services,
            row,
            IntakeState.WAITING,
            None,
            timedelta(0),
            activity_uri=uri,
            queue=row.domain,
            signed_request=None,
            attempts=0,
        )
    except IntegrityError:
        _settle(services, row, refused("duplicate"))


def _fetch_object(services: Services, row: Claimed) -> None:
    """Get the post that an activity is about, which goes through the door, or both ends of a Move.

    Raises WireError, AppError.
    """
    activity = parse.parse_activity(documents.load(row.body))
    if isinstance(activity, Move):
        receive_moves.ask_both(services, activity)
        _write(services, row, IntakeState.RETRY, FETCHED, timedelta(0), attempts=0)
        return
    uri = _wanted(row)
    with services.db.read() as session:
        relay_id = relays.of_uri(session, row.actor_uri) if isinstance(activity, Announce) else None
    if relay_id is not None:
        relayed.fetch(services, relay_id, uri)
        _write(services, row, IntakeState.RETRY, FETCHED, timedelta(0), attempts=0)
        return
    live = not isinstance(activity, Add | Announce) and uris.same_origin(uri, activity.actor)
    posts.fetch(services, uri, live=live)
    _write(services, row, IntakeState.RETRY, FETCHED, timedelta(0), attempts=0)


def _wanted(row: Claimed) -> str:
    """What the row is about, by URI. Raises WireError."""
    activity = parse.parse_activity(documents.load(row.body))
    if isinstance(activity, Add | Announce):
        return activity.object_uri
    if isinstance(activity, Move):
        return activity.target_uri
    if isinstance(activity, QuoteRequest):
        return activity.instrument.uri
    needed = parse.require_owner(activity)
    return needed.uri if isinstance(needed, NeedsFetch) else activity.uri


def _host(row: Claimed) -> str:
    if row.state is IntakeState.UNVERIFIED:
        return uris.origin(row.key_id) or row.domain
    try:
        return uris.origin(_wanted(row)) or row.domain
    except WireError:
        return row.domain  # its own thread will say what is wrong


def _put_off(services: Services, row: Claimed, error: WireError | AppError) -> None:
    temporary = isinstance(error, UnavailableError | RateLimitedError) or (
        isinstance(error, FetchError) and not error.permanent
    )
    outcome = retry(error.code, row.attempts) if temporary else refused(error.code)
    _settle(services, row, outcome)


def _settle(services: Services, row: Claimed, outcome: Outcome) -> None:
    if outcome.state is IntakeState.REFUSED:
        counters.NOT_HANDLED.labels(outcome.reason).inc()
        done_at = services.clock.now()
        _write(services, row, outcome.state, outcome.reason, None, done_at=done_at, body=b"", signed_request=None)
        return
    counters.RETRIED.labels(outcome.reason).inc()
    # What needs fetching still does: it comes back here, not to a handler.
    reason = None if row.state is IntakeState.UNVERIFIED else FETCH
    _write(services, row, row.state, reason, outcome.after)


def _write(
    services: Services, row: Claimed, state: IntakeState, reason: str | None, after: timedelta | None, **more: Any
) -> None:
    next_at = services.clock.now() + after if after is not None else None
    with services.db.write() as session:
        session.execute(
            update(InboxActivityRow)
            .where(InboxActivityRow.id == row.id)
            .values(state=state, reason=reason, next_at=next_at, **more)
        )
