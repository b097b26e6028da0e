"""What somebody typed in a case and hasn't sent: kept for that person and that case, and forgotten by itself.

In Redis and not in a table: it is nobody's word yet, no backup needs it, and it goes away without a purge (ADR 0027).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
KEPT_SECONDS = 7 * 86400
"""From the last word that anybody typed in the case."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields by their names, and when they were kept."""

    fields: Mapping[str, str]
    at: datetime


def _key(case_id: int) -> str:
    return f"ostiary:typed:{case_id}"


def keep(redis: Redis, case_id: int, name: str, fields: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed, instead of what was kept before; nothing is kept of no words. A store that is away is only
    logged: the page still has the words."""
    try:
        if not fields:
            redis.hdel(_key(case_id), name)
            return
        with redis.pipeline() as pipeline:
            said = {"at": now.timestamp(), "fields": dict(fields)}
            pipeline.hset(_key(case_id), name, orjson.dumps(said).decode())
            pipeline.expire(_key(case_id), KEPT_SECONDS)
            pipeline.execute()
    except RedisError as error:
        log.warning("typed_not_kept", case=case_id, error=str(error))


def of(redis: Redis, case_id: int, name: str) -> Typed | None:
    """What somebody typed in a case; None where there is nothing, or the store is away."""
    try:
        found = redis.hget(_key(case_id), name)
    except RedisError as error:
        log.warning("typed_not_found", case=case_id, error=str(error))
        return None
    if found is None:
        return None
    said = orjson.loads(found)
    return Typed(said["fields"], datetime.fromtimestamp(said["at"], UTC))


def forget(redis: Redis, case_id: int, name: str | None = None) -> None:
    """Forget what one typed in a case, or, without a name, what everybody did."""
    try:
        if name is None:
            redis.delete(_key(case_id))
        else:
            redis.hdel(_key(case_id), name)
    except RedisError as error:
        log.warning("typed_not_forgotten", case=case_id, error=str(error))
