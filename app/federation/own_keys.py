"""A local actor's second key, an Ed25519 Multikey (FEP-521a), for object proofs.

Actors who were here before such keys get theirs when they are first looked at.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation.wire import integrity, keys
from app.federation.wire.values import ActorKey
from app.services import Services

FRAGMENT = "#ed25519-key"
_loaded = lru_cache(maxsize=2048)(keys.load_private_key)


@lru_cache(maxsize=2048)
def multikey(actor_uri: str, private_pem: str) -> ActorKey:
    """The public half as the actor's document lists it."""
    multibase = keys.multikey_of(keys.load_private_key(private_pem))
    return ActorKey(actor_uri + FRAGMENT, keys.pem_of_multikey(multibase), multibase)


def ensure(services: Services, actor: ActorRow) -> ActorRow:
    """The local actor with its second key. Call it outside of a write."""
    if actor.ed25519_private_pem is not None or actor.deleted_at is not None:
        return actor
    with services.db.write() as session:
        _make(session, actor.id)
    with services.db.read() as session:
        return session.get_one(ActorRow, actor.id)


def sign(session: Session, actor: ActorRow, activity: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An activity of a local actor's with their proof (FEP-8b32); without one where they have no key any more."""
    if actor.ed25519_private_pem is None and actor.deleted_at is None:
        _make(session, actor.id)
        session.refresh(actor, ["ed25519_private_pem"])
    if actor.ed25519_private_pem is None:
        return activity
    return integrity.sign(activity, actor.uri + FRAGMENT, _loaded(actor.ed25519_private_pem), now)


def _make(session: Session, actor_id: int) -> None:
    """A key for who has none. Of two who look at once, the first one's key stays."""
    mine = ActorRow.id == actor_id, ActorRow.local, ActorRow.ed25519_private_pem.is_(None)
    session.execute(update(ActorRow).where(*mine).values(ed25519_private_pem=keys.make_ed25519_key()))
