"""Heartbeats: each process says in Redis that it lives; what is older than a few beats counts as gone."""

from __future__ import annotations

import threading

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger()
EVERY_SECONDS = 2.0
GONE_AFTER_SECONDS = 10
PROCESSES = ("stream", "worker", "scheduler")
"""What must live beside the web process for the server to be ready."""


def _key(process: str) -> str:
    return f"ostiary:alive:{process}"


def beat(redis: Redis, process: str) -> None:
    """Say once that it lives; a store that is away is only logged."""
    try:
        redis.set(_key(process), 1, ex=GONE_AFTER_SECONDS)
    except RedisError as error:
        log.warning("heartbeat_lost", beating=process, error=str(error))


def still(redis: Redis, process: str) -> None:
    """Say that it stops, so that nobody waits for the last beat to fade."""
    try:
        redis.delete(_key(process))
    except RedisError as error:
        log.warning("heartbeat_lost", beating=process, error=str(error))


def missing(redis: Redis) -> list[str]:
    """Which of them don't live. Raises RedisError."""
    found = redis.mget([_key(process) for process in PROCESSES])
    return [process for process, value in zip(PROCESSES, found, strict=True) if value is None]


class Beating(threading.Thread):
    """A thread that beats until it is stopped."""

    def __init__(self, redis: Redis, process: str) -> None:
        super().__init__(name=f"heartbeat-{process}", daemon=True)
        self._redis, self._process, self._over = redis, process, threading.Event()

    def run(self) -> None:
        """Beat."""
        while not self._over.is_set():
            beat(self._redis, self._process)
            self._over.wait(EVERY_SECONDS)

    def stop(self) -> None:
        """Stop, and say so."""
        self._over.set()
        self.join(EVERY_SECONDS)
        still(self._redis, self._process)
