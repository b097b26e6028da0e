"""uvicorn's protocols, with what strangers make necessary: they may be slow, send half of something, or not read."""

from __future__ import annotations

import asyncio

import h11
from starlette.types import Message
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.stream.waiting import Gate, Line
from app.stream.wires import ABORT

WHOLE_REQUEST_SECONDS = 30.0
"""How long a connection may be open without a request's last header."""

REFUSAL = "websocket.http.response.body"
"""The end of an answer that is no WebSocket (ASGI's extension "Websocket Denial Response")."""


class Http(H11Protocol):
    """HTTP/1.1, on which a request must come in time. The application may abort a connection."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody is there."""
        super().connection_made(transport)
        self.app_state = {ABORT: transport.abort}
        self._watch()

    def data_received(self, data: bytes) -> None:
        """They say something."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """They have their answer, and may ask for something else."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """They left."""
        super().connection_lost(exc)
        self._forget()

    def _watch(self) -> None:
        if not self._is_their_turn() or self.transport.is_closing():
            self._forget()
        elif self._late is None:
            self._late = self.loop.call_later(WHOLE_REQUEST_SECONDS, self.transport.abort)

    def _is_their_turn(self) -> bool:
        """Nothing was asked yet, or what was asked has its answer, and the rest of its body comes still."""
        body_comes = self.conn.their_state is h11.SEND_BODY and self.conn.our_state is h11.DONE
        return self.conn.their_state is h11.IDLE or body_comes

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class WebSocket(WebSocketsSansIOProtocol):
    """A WebSocket: from a client that doesn't read, nothing is read, and it is not waited for. It keeps little while
    nothing is said.
    """

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        super().connection_made(transport)
        self.queue = Line()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]
        self.writable.set()

    def data_received(self, data: bytes) -> None:
        """They say something. What comes first is the whole request, from HTTP; one that is none has no answer."""
        super().data_received(data)
        if not self.handshake_initiated:
            self.transport.abort()

    async def send(self, message: Message) -> None:  # type: ignore[override]
        """Send, once there is room. Raises ClientDisconnected, also where this side has ended it."""
        await self.writable.wait()
        if self.close_sent:
            raise ClientDisconnected
        await super().send(message)  # type: ignore[arg-type]
        if message["type"] == REFUSAL and not message.get("more_body", False):
            self.handshake_complete = True  # it has its answer; uvicorn would log an error that it has none
        if message["type"] == "websocket.accept":  # they shook hands: what was said at it isn't needed any more
            self.request.headers.clear()
            self.response.headers.clear()

    def pause_writing(self) -> None:
        """They don't read: no more is read of their pings, whose answers would wait too."""
        super().pause_writing()
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        """They read again."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()

    def keepalive_timeout(self) -> None:
        """They are gone."""
        super().keepalive_timeout()
        self.transport.abort()
