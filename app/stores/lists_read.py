"""A list of servers that somebody chose, from the page that shows what it would do to the one that does it.

In Redis and not in the page: a list has megabytes, and nobody's form should carry them twice. It goes away by itself.
"""

from __future__ import annotations

import zlib
from hashlib import sha256
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.errors import GoneError, UnavailableError

KEPT_SECONDS: Final = 3600
log = structlog.get_logger()


def keep(redis: Redis, account_id: int, text: str) -> str:
    """Keep it for who chose it; what it is asked for by. The same list has one name. Raises UnavailableError."""
    name = sha256(text.encode()).hexdigest()[:32]
    try:
        redis.set(_key(account_id, name), zlib.compress(text.encode(), 1), ex=KEPT_SECONDS)
    except RedisError as error:
        log.warning("not_kept", what="list", error=str(error))
        raise UnavailableError("The list can't be kept for now: try again in a moment", code="list_not_kept") from error
    return name


def of(redis: Redis, account_id: int, name: str) -> str:
    """The list that they chose. Raises GoneError once it is forgotten, UnavailableError."""
    try:
        found = redis.get(_key(account_id, name))
    except RedisError as error:
        log.warning("not_found", what="list", error=str(error))
        raise UnavailableError("The list can't be found for now: try again in a moment", code="list_away") from error
    if not isinstance(found, bytes):
        raise GoneError("The list was kept for an hour, and is gone: choose it again", code="list_gone")
    return zlib.decompress(found).decode()


def _key(account_id: int, name: str) -> str:
    return f"ostiary:list:{account_id}:{name}"
