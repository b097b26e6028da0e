"""A counter that rises whenever what people see may have changed: pages kept in memory are good until then."""

from __future__ import annotations

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
_KEY = "ostiary:pages:version"


def outdate(redis: Redis) -> None:
    """Everything that was kept is stale from now on."""
    try:
        redis.incr(_KEY)
    except RedisError as error:
        log.warning("pages_not_outdated", error=str(error))


def version(redis: Redis) -> int | None:
    """The counter now; None where Redis is away, and then nothing that was kept may be used."""
    try:
        return int(redis.get(_KEY) or 0)
    except RedisError:
        return None
