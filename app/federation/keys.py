"""Keys of remote actors, ready for verifying: kept in the process, filled from the actors' table."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import Database
from app.federation.tables import ActorKeyRow, KeyFailureRow
from app.federation.wire import signatures
from app.federation.wire.errors import PublicKeyError
from app.federation.wire.signatures import ParsedSignature, PublicKey, SignedRequest, load_public_key
from app.federation.wire.values import ActorKey

log = structlog.get_logger()

FRESH = timedelta(hours=1)
"""A signature that fails a key younger than this is forged; an older key may have been changed since."""
FAILURE_LASTS = timedelta(minutes=15)
GONE_LASTS = timedelta(hours=12)
CACHED_KEYS = 10_000
BELIEVED = timedelta(minutes=5)
"""So long a process goes by what it has in memory: a key that its owner took back must not live on there."""

_PRESENT = (ActorRow.local.is_(False), ActorRow.deleted_at.is_(None))
_FIRST = select(ActorRow.uri, ActorRow.public_key_pem, ActorRow.key_fetched_at, ActorRow.created_at).where(*_PRESENT)
_FURTHER = (
    select(ActorRow.uri, ActorKeyRow.public_key_pem, ActorKeyRow.fetched_at, ActorRow.created_at)
    .join(ActorRow, ActorRow.id == ActorKeyRow.actor_id)
    .where(*_PRESENT)
)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key, whose it is, and when its owner's server last confirmed it."""

    key_id: str
    owner_uri: str
    pem: str
    key: PublicKey
    fetched_at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether a failure proves a forgery, rather than a changed key."""
        return now - self.fetched_at < FRESH


class Made(Enum):
    """Whether a key that we know made a signature."""

    YES = "yes"
    PERHAPS = "perhaps"
    """Nobody here knows the key, or it may have been changed since: ask its owner's server."""
    NO = "no"


def made(request: SignedRequest, signature: ParsedSignature, known: KnownKey | None, now: datetime) -> Made:
    """What a known key says of a signature that passed `signatures.check`."""
    if known is None:
        return Made.PERHAPS
    if signatures.is_made_by(known.key, request, signature):
        return Made.YES
    return Made.NO if known.is_fresh(now) else Made.PERHAPS


class KeyCache:
    """The keys used last, as objects: reading one from PEM costs more than verifying with it."""

    def __init__(self, db: Database, size: int = CACHED_KEYS) -> None:
        self._db, self._size = db, size
        self._known: OrderedDict[str, tuple[KnownKey, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key_id: str, now: datetime) -> KnownKey | None:
        """The key, from memory or the database; None where nobody here knows it."""
        with self._lock:
            known, loaded_at = self._known.get(key_id, (None, now))
            if known is not None and now - loaded_at < BELIEVED:
                self._known.move_to_end(key_id)
                return known
        return self.reload(key_id, now)

    def reload(self, key_id: str, now: datetime) -> KnownKey | None:
        """The key as the database has it now: another process may have fetched a new one."""
        with self._db.read() as session:
            known = stored(session, key_id)
        with self._lock:
            if known is None:
                self._known.pop(key_id, None)
                return None
            self._known[key_id] = known, now
            self._known.move_to_end(key_id)
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return known


def stored(session: Session, key_id: str) -> KnownKey | None:
    """The key of a remote actor as it stands in the database."""
    found = session.execute(_FIRST.where(ActorRow.key_id == key_id)).one_or_none()
    if found is None:
        found = session.execute(_FURTHER.where(ActorKeyRow.key_id == key_id)).one_or_none()
    if found is None:
        return None
    owner_uri, pem, fetched_at, created_at = found
    if pem is None:
        return None
    try:
        key = load_public_key(pem)
    except PublicKeyError:
        return None  # as good as no key: it is fetched again
    return KnownKey(key_id, owner_uri, pem, key, fetched_at or created_at)


def take(session: Session, actor: ActorRow, offered: Sequence[ActorKey], now: datetime, *, at_home: str | None) -> None:
    """The keys that the actor's own host lists now replace what we had; none at all change nothing.

    Only keys whose address is below the actor's own are believed without a look at that address: neighbours on one host
    must not claim each other's. A key that another actor holds is left to them, unless its own address led to this
    actor: `at_home`.
    """
    offered = [key for key in offered if key.key_id == at_home or is_below(key.key_id, actor.uri)]
    held = [key for key in offered if key.key_id != at_home and _is_held(session, actor, key.key_id)]
    for key in held:
        log.warning("key_held_by_another", key=key.key_id, actor=actor.uri)
    mine = [key for key in offered if key not in held]
    if not mine:
        return
    if at_home is not None:
        _free(session, actor, at_home)
    first, *further = mine
    session.execute(delete(ActorKeyRow).where(ActorKeyRow.actor_id == actor.id))
    actor.key_id, actor.public_key_pem, actor.key_fetched_at = first.key_id, first.pem, now
    session.flush()
    for key in further:
        session.add(ActorKeyRow(key_id=key.key_id, actor_id=actor.id, public_key_pem=key.pem, fetched_at=now))


def is_below(key_id: str, actor_uri: str) -> bool:
    """Whether a key's address is below an actor's, so that nobody else on that host can be meant."""
    return key_id == actor_uri or key_id.startswith(tuple(actor_uri + sign for sign in "#/?"))


def _is_held(session: Session, actor: ActorRow, key_id: str) -> bool:
    first = select(ActorRow.id).where(ActorRow.key_id == key_id, ActorRow.id != actor.id)
    further = select(ActorKeyRow.actor_id).where(ActorKeyRow.key_id == key_id, ActorKeyRow.actor_id != actor.id)
    return session.scalar(first) is not None or session.scalar(further) is not None


def _free(session: Session, actor: ActorRow, key_id: str) -> None:
    """Take a key from whoever claimed it without being its owner."""
    others = ActorRow.key_id == key_id, ActorRow.id != actor.id, ActorRow.local.is_(False)
    session.execute(update(ActorRow).where(*others).values(key_id=None, public_key_pem=None, key_fetched_at=None))
    session.execute(delete(ActorKeyRow).where(ActorKeyRow.key_id == key_id, ActorKeyRow.actor_id != actor.id))


def failure(session: Session, key_id: str, now: datetime) -> str | None:
    """Why this key could not be fetched a while ago; None where trying is worth it."""
    return session.scalar(select(KeyFailureRow.reason).where(KeyFailureRow.key_id == key_id, KeyFailureRow.until > now))


def remember_failure(session: Session, key_id: str, reason: str, until: datetime) -> None:
    """Don't ask for this key again before `until`."""
    session.merge(KeyFailureRow(key_id=key_id, reason=reason[:255], until=until))


def forget_failures(session: Session, key_id: str, now: datetime) -> None:
    """This key could be fetched; and drop what has run out."""
    session.execute(delete(KeyFailureRow).where(or_(KeyFailureRow.key_id == key_id, KeyFailureRow.until <= now)))
