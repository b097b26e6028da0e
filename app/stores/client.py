"""The client of Redis, made from settings; apart from the other services, because light processes need it alone."""

from __future__ import annotations

from redis import Redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from app.settings import Settings

REDIS_TIMEOUT_SECONDS = 5


def make_redis(settings: Settings) -> Redis:
    """A client with a pool. A store that restarts is tried again for a moment, one that hangs is given up."""
    return Redis.from_url(
        settings.redis_url,
        socket_timeout=REDIS_TIMEOUT_SECONDS,
        retry=Retry(ExponentialBackoff(cap=0.5, base=0.02), 3),
        retry_on_error=[RedisConnectionError],
        health_check_interval=30,
    )
