"""Who asks for a document: a server that signed its request, or anybody."""

from __future__ import annotations

import threading

from flask import request

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.errors import AppError, ForbiddenError, UnauthorizedError, UnavailableError
from app.federation import actors, keys
from app.federation.rules import suspends
from app.federation.wire import signatures, uris
from app.federation.wire.errors import SignatureError, WireError
from app.federation.wire.signatures import SignedRequest
from app.services import Services
from app.stores.budgets import KEY_FETCHES, Budgets, network
from moderation.domains.rules import DomainRules

_FETCHING = threading.BoundedSemaphore(1)
"""Held by the one thread of this process that may fetch a key for a reader: slow servers can't hold them all."""


def signer(services: Services) -> ActorRow | None:
    """The actor who signed this GET; None where it isn't signed, or badly: they see what everybody sees.

    In secure mode an unsigned request is refused: raises UnauthorizedError. One of a suspended domain always is:
    raises ForbiddenError.
    """
    header = request.headers.get("Signature")
    found = _verified(services, header) if header else None
    if found is not None and _is_shut_out(services, found):
        raise ForbiddenError("This server doesn't federate with yours", code="domain_suspended")
    if found is None and services.settings.secure_mode:
        raise UnauthorizedError("Requests must be signed here", code="signature_required")
    return found


def _verified(services: Services, header: str) -> ActorRow | None:
    query = request.query_string.decode("latin-1")
    target = request.path + (f"?{query}" if query else "")
    try:
        signed = SignedRequest.of("GET", target, request.headers.items())
        parsed = signatures.parse_signature(header)
        signatures.check(signed, parsed, now=services.clock.now(), expected_host=services.settings.domain)
        known = _key(services, parsed.key_id)
        if known is None:
            return None
        signatures.check_key(signed, parsed, known.key)
    except SignatureError:
        return None
    with services.db.read() as session:
        return lookup.find_by_uri(session, known.owner_uri)


def _key(services: Services, key_id: str) -> keys.KnownKey | None:
    """The key, fetched if nobody here knows it: a reader waits for their own server only, and few may at a time."""
    with services.db.read() as session:
        known = keys.stored(session, key_id)
        failed = keys.failure(session, key_id, services.clock.now())
    if known is not None or failed is not None or uris.origin(key_id) == services.settings.domain:
        return known
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(KEY_FETCHES, network(request.remote_addr or ""))
    if not _FETCHING.acquire(blocking=False):
        if services.settings.secure_mode:
            raise UnavailableError("Too many keys are being fetched")
        return None
    try:
        return _fetched(services, key_id)
    finally:
        _FETCHING.release()


def _fetched(services: Services, key_id: str) -> keys.KnownKey | None:
    try:
        actors.fetch_key_owner(services, key_id)
    except (WireError, AppError) as error:
        with services.db.write() as session:
            keys.remember_failure(session, key_id, error.code, services.clock.now() + keys.FAILURE_LASTS)
        return None
    with services.db.read() as session:
        return keys.stored(session, key_id)


def _is_shut_out(services: Services, actor: ActorRow) -> bool:
    with services.db.read() as session:
        return actor.suspended_at is not None or suspends(DomainRules.load(session), actor.domain)
