"""A stream process in a thread of the tests' own, and raw clients of it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from dataclasses import replace

import httpx
from websockets.sync.client import ClientConnection, connect

from app.services import Services
from app.stores import events
from app.stream import server
from tests.support.running import free_ports, wait_for
from tests.support.stores import TestValkey

UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
"""What makes a request a WebSocket's (RFC 6455, section 1.3)."""


class Streaming:
    """A stream process, in a thread."""

    def __init__(self, services: Services, valkey: TestValkey) -> None:
        self.services = replace(services, settings=replace(services.settings, redis_url=valkey.url))
        self.port = free_ports()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        await server.run(self.services, "127.0.0.1", self.port, self._over)

    def __enter__(self) -> Streaming:
        self._thread.start()
        wait_for(self._answers, "the stream process answers")
        return self

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health").text == "OK"
        except httpx.TransportError:
            return False

    def __exit__(self, *_args: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End it, as a signal does."""
        if not self._over.is_set():
            self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    @property
    def url(self) -> str:
        """Where its streams are."""
        return f"http://127.0.0.1:{self.port}/api/v1/streaming"

    def listen(self, query: str, token: str | None = None) -> ClientConnection:
        """A WebSocket, once its first subscription holds in Redis."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        before = self.subscribed()
        connection = connect(f"ws://127.0.0.1:{self.port}/api/v1/streaming?{query}", additional_headers=headers)
        if "stream=" in query:
            wait_for(lambda: self.subscribed() >= max(before, 1), "it is subscribed")
        return connection

    def subscribed(self) -> int:
        """How many channels it listens to, beside the one about tokens that ended."""
        return len({*self.services.redis.pubsub_channels()} - {events.ACCESS.encode()})

    def knock(self) -> socket.socket:
        """A connection on which nothing is said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=15)

    def ask(self, path: str, headers: str = "") -> socket.socket:
        """A connection on which a request was sent, as far as it was taken, whose answer nobody has read."""
        connection = self.knock()
        with contextlib.suppress(ConnectionError):
            connection.sendall(f"GET /api/v1/streaming{path} HTTP/1.1\r\nHost: here\r\n{headers}\r\n".encode())
        return connection


def up_to(mark: bytes, connection: socket.socket) -> None:
    """Read until something is said."""
    said = b""
    while mark not in said:
        more = connection.recv(65536)
        assert more, f"it ended before {mark!r}"
        said += more


def all_of(connection: socket.socket) -> bytes:
    """What comes until the other side ends it, however that is."""
    said = b""
    try:
        while more := connection.recv(65536):
            said += more
    except ConnectionResetError:
        pass
    return said
