"""Who has a case open before them now: said by their page every few seconds, and forgotten soon after it stops."""

from __future__ import annotations

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
GONE_AFTER_SECONDS = 15
"""Three of a page's beats; one that is behind others, or closed, gives none."""


def _key(case_id: int) -> str:
    return f"ostiary:looking:{case_id}"


def look(redis: Redis, case_id: int, name: str, now: float) -> list[str]:
    """Say that somebody looks `now` (seconds); who else does, by name. A store that is away is only logged: then nobody
    is named."""
    key = _key(case_id)
    try:
        with redis.pipeline() as pipeline:
            pipeline.zremrangebyscore(key, 0, now - GONE_AFTER_SECONDS)
            pipeline.zadd(key, {name: now})
            pipeline.expire(key, GONE_AFTER_SECONDS)
            pipeline.zrange(key, 0, -1)
            found = pipeline.execute()[-1]
    except RedisError as error:
        log.warning("look_not_noted", case=case_id, error=str(error))
        return []
    names = (each.decode() if isinstance(each, bytes) else str(each) for each in found)
    return sorted(each for each in names if each != name)
