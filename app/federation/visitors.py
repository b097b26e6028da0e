"""Who asks for a document: a server that signed its request, or anybody."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from flask import g, request

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.errors import AppError, UnauthorizedError, UnavailableError
from app.federation import actors, incoming, keys
from app.federation.keys import Made
from app.federation.rules import suspends
from app.federation.wire import signatures, uris
from app.federation.wire.errors import SignatureError, WireError
from app.federation.wire.signatures import ParsedSignature, SignedRequest
from app.federation.writer import domain_suspended
from app.services import Services
from app.stores.budgets import KEY_FETCHES, Budgets, neighbourhood, network, spend_for_key
from moderation.domains.rules import DomainRules

_FETCHING = threading.BoundedSemaphore(1)
"""Held by the one thread of this process that may fetch a key for a reader: slow servers can't hold them all."""


def signer(services: Services) -> ActorRow | None:
    """The actor who signed this GET; None where it isn't signed, or badly: they see what everybody sees.

    In secure mode an unsigned request is refused: raises UnauthorizedError. One that says it comes from a suspended
    domain always is: raises ForbiddenError.
    """
    if "visitor" not in g:
        g.visitor = _signer(services)
    return cast("ActorRow | None", g.visitor)


def _signer(services: Services) -> ActorRow | None:
    found = _verified(services) if "Signature" in request.headers else None
    if found is not None and found.suspended_at is not None:
        raise domain_suspended()
    if found is None and services.settings.secure_mode:
        raise UnauthorizedError("Requests must be signed here", code="signature_required")
    return found


def _verified(services: Services) -> ActorRow | None:
    now, home = services.clock.now(), services.settings.domain
    try:
        signed = incoming.signed_request(services.settings)
        found = signatures.check_all(signed, signatures.parse_signatures(signed), now=now, expected_host=home)
        _refuse_suspended(services, found)
        for signature in found:
            known = _maker(services, signed, signature, now)
            if known is not None:
                with services.db.read() as session:
                    return lookup.find_by_uri(session, known.owner_uri)
    except SignatureError:
        return None
    return None


def _refuse_suspended(services: Services, found: Sequence[ParsedSignature]) -> None:
    """By what the keys' ids claim: whoever names a suspended domain is believed, before anything is fetched there."""
    with services.db.read() as session:
        rules = DomainRules.load(session)
    if any(suspends(rules, uris.origin(signature.key_id) or "") for signature in found):
        raise domain_suspended()


def _maker(
    services: Services, signed: SignedRequest, signature: ParsedSignature, now: datetime
) -> keys.KnownKey | None:
    """The key that made a signature; None where none did that can be had."""
    with services.db.read() as session:
        known = keys.stored(session, signature.key_id)
    told = keys.made(signed, signature, known, now)
    if told is Made.PERHAPS:
        known = _newly(services, signature.key_id)
        told = keys.made(signed, signature, known, now)
    return known if told is Made.YES else None


def _newly(services: Services, key_id: str) -> keys.KnownKey | None:
    """The key, fetched: a reader waits for their own server only, and few may at a time."""
    with services.db.read() as session:
        failed = keys.failure(session, key_id, services.clock.now())
    if failed is not None or uris.origin(key_id) == services.settings.domain:
        return None
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    address = request.remote_addr or ""
    budgets.spend(KEY_FETCHES, network(address))
    spend_for_key(budgets, uris.origin(key_id) or "", neighbourhood(address))
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
