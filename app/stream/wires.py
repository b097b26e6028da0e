"""The ways to a client, plain ASGI: lines of server-sent events, and messages over a WebSocket."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any, Protocol

import orjson
from starlette.types import Message, Scope, Send

from app.stream.hub import Event, Hub
from app.stream.rendering import WITHOUT_PAYLOAD

ABORT = "abort"
"""In the state of a scope: ends the connection at once (app/stream/protocols.py puts it there)."""
BEGINS = b":)\n\n"
THUMP = b":thump\n\n"
HEADERS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"access-control-allow-origin", b"*"),
    (b"connection", b"close"),
)
SAID_ALL, COME_BACK = 1000, 1012
"""Codes of WebSockets (RFC 6455, section 7.4, and IANA's registry): the second is "service restart"."""


class Wire(Protocol):
    """The way to one client."""

    async def tell(self, event: Event, payload: str) -> None:
        """Send an event."""

    async def sign_of_life(self) -> None:
        """Send that there is nothing to send."""

    async def close(self) -> None:
        """Send that it is over."""

    def abort(self) -> None:
        """End it at once, with whatever its client hasn't read."""


class Lines:
    """Server-sent events."""

    __slots__ = ("_begun", "_send", "abort")

    def __init__(self, scope: Scope, send: Send) -> None:
        self._send, self._begun = send, False
        self.abort: Callable[[], None] = scope["state"][ABORT]

    async def open(self) -> None:
        """Answer, and say nothing yet."""
        await self._send({"type": "http.response.start", "status": 200, "headers": HEADERS})

    async def begin(self) -> None:
        """The first line, whatever else there is to say; it comes once they hear of everything."""
        if not self._begun:
            await self._write(b"")

    async def tell(self, event: Event, payload: str) -> None:
        """An event, and its payload in one line."""
        data = "undefined" if event.kind == WITHOUT_PAYLOAD else payload.replace("\n", " ")
        await self._write(f"event: {event.kind}\ndata: {data}\n\n".encode())

    async def sign_of_life(self) -> None:
        """A line that clients skip."""
        await self._write(THUMP)

    async def close(self) -> None:
        """The end of the answer."""
        self._begun = True
        await self._send({"type": "http.response.body", "body": b""})

    async def _write(self, lines: bytes) -> None:
        body, self._begun = lines if self._begun else BEGINS + lines, True
        await self._send({"type": "http.response.body", "body": body, "more_body": True})


class Socket:
    """Messages over a WebSocket. Its server sends signs of life by itself."""

    __slots__ = ("_hub", "_send", "abort")

    def __init__(self, scope: Scope, send: Send, hub: Hub) -> None:
        self._send, self._hub = send, hub
        self.abort: Callable[[], None] = scope["state"][ABORT]

    async def open(self, subprotocol: str | None) -> None:
        """Shake hands."""
        await self._send_there({"type": "websocket.accept", "subprotocol": subprotocol})

    async def tell(self, event: Event, payload: str) -> None:
        """An event with the stream that it belongs to."""
        message: dict[str, Any] = {
            "stream": list(event.subscription.told or event.subscription.name),
            "event": event.kind,
        }
        # Where there is nothing to say Mastodon leaves the key out, and masto.js can't read an empty text.
        if event.kind != WITHOUT_PAYLOAD:
            message["payload"] = payload
        await self._say(message)

    async def refuse(self, status: int, text: str) -> None:
        """What was wrong with a message."""
        await self._say({"error": text, "status": status})

    async def sign_of_life(self) -> None:
        """Pings go out by themselves."""

    async def close(self) -> None:
        """Take leave, with the hint to come back where this process ends."""
        await self._send_there({"type": "websocket.close", "code": COME_BACK if self._hub.over else SAID_ALL})

    async def _say(self, message: dict[str, Any]) -> None:
        await self._send_there({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def _send_there(self, message: Message) -> None:
        with contextlib.suppress(OSError):  # how ASGI says that they left meanwhile
            await self._send(message)
