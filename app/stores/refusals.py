"""Whom the inbox turned away for want of budget, by host, in Redis, for some minutes: the admin's page names them."""

from __future__ import annotations

from typing import cast

import structlog
from redis import Redis
from redis.exceptions import RedisError

from app.clock import Clock

log = structlog.get_logger()
WINDOW_SECONDS = 300
MOST = 20


class Refusals:
    """Counts of this window and of the one before it. Without Redis there are none."""

    def __init__(self, redis: Redis, clock: Clock) -> None:
        self._redis, self._clock = redis, clock

    def count(self, host: str) -> None:
        """One more of a host that has proved who it is."""
        key = self._key(0)
        try:
            with self._redis.pipeline(transaction=False) as pipe:
                pipe.zincrby(key, 1, host)
                pipe.expire(key, 3 * WINDOW_SECONDS)
                pipe.execute()
        except RedisError as error:
            log.warning("refusal_uncounted", error=str(error))

    def lately(self) -> dict[str, int]:
        """The hosts with most refusals in the last five to ten minutes."""
        found: dict[str, int] = {}
        try:
            for back in (0, 1):
                most = self._redis.zrevrange(self._key(back), 0, MOST - 1, withscores=True)
                for host, number in cast("list[tuple[bytes, float]]", most):
                    name = host.decode()
                    found[name] = found.get(name, 0) + int(number)
        except RedisError as error:
            log.warning("refusals_unknown", error=str(error))
        return found

    def _key(self, back: int) -> str:
        return f"ostiary:refused:{int(self._clock.now().timestamp()) // WINDOW_SECONDS - back}"
