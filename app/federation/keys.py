"""Keys of remote actors, ready for verifying: kept in the process, filled from the actors' table."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import Database
from app.federation.tables import KeyFailureRow
from app.federation.wire import signatures
from app.federation.wire.errors import PublicKeyError
from app.federation.wire.signatures import ParsedSignature, PublicKey, SignedRequest, load_public_key

FRESH = timedelta(hours=1)
"""A signature that fails a key younger than this is forged; an older key may have been changed since."""
FAILURE_LASTS = timedelta(minutes=15)
GONE_LASTS = timedelta(hours=12)
CACHED_KEYS = 10_000
BELIEVED = timedelta(minutes=5)
"""So long a process goes by what it has in memory: a key that its owner took back must not live on there."""

_COLUMNS = select(ActorRow.uri, ActorRow.public_key_pem, ActorRow.key_fetched_at, ActorRow.created_at)


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
    """What a known key says of a signature. Raises SignatureError where something that is signed isn't there."""
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
    row = session.execute(
        _COLUMNS.where(ActorRow.key_id == key_id, ActorRow.local.is_(False), ActorRow.deleted_at.is_(None))
    ).one_or_none()
    if row is None or row.public_key_pem is None:
        return None
    try:
        key = load_public_key(row.public_key_pem)
    except PublicKeyError:
        return None  # as good as no key: it is fetched again
    return KnownKey(key_id, row.uri, row.public_key_pem, key, row.key_fetched_at or row.created_at)


def failure(session: Session, key_id: str, now: datetime) -> str | None:
    """Why this key could not be fetched a while ago; None where trying is worth it."""
    return session.scalar(select(KeyFailureRow.reason).where(KeyFailureRow.key_id == key_id, KeyFailureRow.until > now))


def remember_failure(session: Session, key_id: str, reason: str, until: datetime) -> None:
    """Don't ask for this key again before `until`."""
    session.merge(KeyFailureRow(key_id=key_id, reason=reason[:255], until=until))


def forget_failures(session: Session, key_id: str, now: datetime) -> None:
    """This key could be fetched; and drop what has run out."""
    session.execute(delete(KeyFailureRow).where(or_(KeyFailureRow.key_id == key_id, KeyFailureRow.until <= now)))
