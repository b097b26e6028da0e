"""Who is shut out gets no stream either, and no picture: asked before anything else, by the client's address."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from app import proxies
from app.barring import shut_out
from app.services import Services

POLICY_VIOLATION = 1008


class ShuttingOut:
    """An ASGI application behind a door that is shut to barred networks: 403, for WebSockets too."""

    def __init__(self, within: ASGIApp, services: Services) -> None:
        self._within = within
        self._services = services
        self._known = shut_out.of(services.db)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in, or refuse."""
        now = self._services.clock.now()
        if not await asyncio.to_thread(self._known.holds, self._client(scope), now):
            await self._within(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            body = b'{"error":"Nothing here can be reached from your network at the moment."}'
            await send({"type": "http.response.body", "body": body})

    def _client(self, scope: Scope) -> str:
        there = scope.get("client")
        said = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for").decode("latin-1")
        return proxies.client(there[0] if there else "", said, self._services.settings.trusted_proxies)
