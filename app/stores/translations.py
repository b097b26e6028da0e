"""What a machine translated for somebody who reads a case: as long as their claim would last, and no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import orjson
import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
KEPT_SECONDS: Final = 300
"""A claim's five minutes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The translation of one version of a text."""

    snapshot: int
    language: str
    text: str
    warning: str
    source: str
    provider: str


def _key(case_id: int) -> str:
    return f"ostiary:translated:{case_id}"


def keep(redis: Redis, case_id: int, name: str, shown: Shown) -> None:
    """Keep it for who asked."""
    try:
        with redis.pipeline() as pipeline:
            pipeline.hset(_key(case_id), name, orjson.dumps(shown).decode())
            pipeline.expire(_key(case_id), KEPT_SECONDS)
            pipeline.execute()
    except RedisError as error:
        log.warning("translation_not_kept", case=case_id, error=str(error))


def of(redis: Redis, case_id: int, name: str) -> Shown | None:
    """What they asked for lately; None where that is nothing, or the store is away."""
    try:
        found = redis.hget(_key(case_id), name)
    except RedisError as error:
        log.warning("translation_not_found", case=case_id, error=str(error))
        return None
    return Shown(**orjson.loads(found)) if found is not None else None


def forget(redis: Redis, case_id: int) -> None:
    """Nobody reads it any more."""
    try:
        redis.delete(_key(case_id))
    except RedisError as error:
        log.warning("translation_not_forgotten", case=case_id, error=str(error))
