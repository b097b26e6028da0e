"""Signs our requests: deliveries in their author's name, fetches in the server's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from app.accounts.instance_actor import instance_actor
from app.accounts.tables import ActorRow
from app.clock import Clock
from app.federation.wire import signatures
from app.federation.wire.fetching import Signer
from app.services import Services

_loaded = lru_cache(maxsize=2048)(signatures.load_private_key)


def signer_for(key_id: str, private_key_pem: str, clock: Clock) -> Signer:
    """Signs with this key, at the time of each request."""

    def sign(method: str, url: str, body: bytes | None) -> Mapping[str, str]:
        key = _loaded(private_key_pem)
        return signatures.sign(method, url, body, key_id=key_id, private_key=key, now=clock.now())

    return sign


def signer_of(actor: ActorRow, clock: Clock) -> Signer:
    """Signs as this local actor. Raises ValueError for one without a key, which no local actor is."""
    if actor.key_id is None or actor.private_key_pem is None:
        raise ValueError(f"{actor.uri} has no key to sign with")
    return signer_for(actor.key_id, actor.private_key_pem, clock)


def instance_signer(services: Services) -> Signer:
    """Signs as the server's own actor: for fetching from peers that ask who is there."""
    return signer_of(instance_actor(services), services.clock)
