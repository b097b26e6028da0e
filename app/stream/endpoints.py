"""The endpoints: server-sent events for one stream each, and a WebSocket that carries many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeVar

import orjson
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import metrics
from app.oauth.tokens import Viewer
from app.stream.channels import ONLY_MEDIA, OPEN, StreamError, Subscription, subscription
from app.stream.hub import MAX_SUBSCRIPTIONS, Event, Hub, Listener
from app.stream.rendering import WITHOUT_PAYLOAD, Rendering, may_listen

T = TypeVar("T")
ROOT = "/api/v1/streaming"
THUMP_SECONDS = 15.0
CHECK_TOKEN_SECONDS = 30.0
LONGEST_MESSAGE = 4096
PATHS = {
    "user": "user",
    "user/notification": "user:notification",
    "public": "public",
    "public/local": "public:local",
    "public/remote": "public:remote",
    "hashtag": "hashtag",
    "hashtag/local": "hashtag:local",
    "direct": "direct",
    "list": "list",
}
ANYWHERE = {"Access-Control-Allow-Origin": "*"}
HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", **ANYWHERE}
ASKED_FIRST = {
    **ANYWHERE,
    "Access-Control-Allow-Headers": "Authorization, Accept, Cache-Control",
    "Access-Control-Allow-Methods": "GET, OPTIONS",
}
"""What browsers ask before a page from elsewhere may send a token."""
YES = ("1", "true", "on")


class Streaming:
    """The application's endpoints over a hub and a way of rendering."""

    def __init__(self, hub: Hub, rendering: Rendering, threads: asyncio.Semaphore) -> None:
        self._hub, self._rendering, self._threads = hub, rendering, threads

    def application(self, also: Sequence[Route] = ()) -> Starlette:
        """The ASGI application; `also` are routes of others that live in this process."""
        return Starlette(
            routes=[
                Route(f"{ROOT}/health", self.health),
                *(Route(f"{ROOT}/{path}", self.preflight, methods=["OPTIONS"]) for path in PATHS),
                *(Route(f"{ROOT}/{path}", self.events, name=stream) for path, stream in PATHS.items()),
                Route(f"{ROOT}/{{rest:path}}", self.unknown),
                WebSocketRoute(ROOT, self.socket),
                WebSocketRoute(f"{ROOT}/", self.socket),
                *also,
            ],
            exception_handlers={StreamError: _refuse},  # type: ignore[dict-item]
        )

    async def health(self, _request: Request) -> Response:
        """This process answers."""
        return PlainTextResponse("OK")

    async def preflight(self, _request: Request) -> Response:
        """Pages from anywhere may listen."""
        return Response(status_code=204, headers=ASKED_FIRST)

    async def unknown(self, _request: Request) -> Response:
        """Nothing is streamed there."""
        raise StreamError(400, "Unknown channel requested")

    async def events(self, request: Request) -> Response:
        """One stream as server-sent events."""
        viewer = await self._viewer(request)
        stream = PATHS[request.url.path.removeprefix(f"{ROOT}/")]
        if stream in OPEN and request.query_params.get("only_media") in YES:
            stream += ONLY_MEDIA
        wanted = _checked(stream, _which(request), viewer)
        listener = Listener()
        return _Events(self._hub, listener, wanted, self._lines(request, listener, viewer))

    async def _lines(self, request: Request, listener: Listener, viewer: Viewer | None) -> AsyncIterator[bytes]:
        yield b":)\n\n"
        async for event, payload in self._heard(request, listener, viewer):
            if event is None:
                yield b":thump\n\n"
            else:
                data = "undefined" if event.kind == WITHOUT_PAYLOAD else payload.replace("\n", " ")
                yield f"event: {event.kind}\ndata: {data}\n\n".encode()

    async def socket(self, websocket: WebSocket) -> None:
        """Streams over a WebSocket: one named in the address, more by messages."""
        try:
            viewer = await self._viewer(websocket)
            first = websocket.query_params.get("stream")
            wanted = _checked(first, _which(websocket), viewer) if first else None
        except StreamError as error:
            await websocket.send_denial_response(JSONResponse({"error": error.text}, error.status))
            return
        protocol = websocket.headers.get("sec-websocket-protocol")
        await websocket.accept(subprotocol=protocol.split(",")[0].strip() if protocol else None)
        listener = Listener()
        try:
            if wanted is not None:
                await self._hub.add(listener, wanted)
            await self._both_ways(websocket, listener, viewer)
        finally:
            await self._hub.leave(listener)

    async def _both_ways(self, websocket: WebSocket, listener: Listener, viewer: Viewer | None) -> None:
        talking, listening = self._talk(websocket, listener, viewer), self._listen(websocket, listener, viewer)
        await _first_of(talking, listening, listener.over.wait())

    async def _talk(self, websocket: WebSocket, listener: Listener, viewer: Viewer | None) -> None:
        async for event, payload in self._heard(websocket, listener, viewer):
            if event is not None:
                message: dict[str, Any] = {"stream": list(event.subscription.name), "event": event.kind}
                # Where there is nothing to say Mastodon leaves the key out, and masto.js can't read an empty text.
                if event.kind != WITHOUT_PAYLOAD:
                    message["payload"] = payload
                await websocket.send_text(orjson.dumps(message).decode())
        await websocket.close()

    async def _listen(self, websocket: WebSocket, listener: Listener, viewer: Viewer | None) -> None:
        while True:
            text = await websocket.receive_text()
            try:
                await self._obey(_message(text), listener, viewer)
            except StreamError as error:
                await websocket.send_text(orjson.dumps({"error": error.text, "status": error.status}).decode())

    async def _obey(self, message: dict[str, Any], listener: Listener, viewer: Viewer | None) -> None:
        stream, which = message.get("stream"), message.get("list", message.get("tag"))
        if not isinstance(stream, str) or not isinstance(which, str | None):
            raise StreamError(400, "Unknown stream type")
        if message.get("type") == "subscribe":
            if len(listener.subscriptions) >= MAX_SUBSCRIPTIONS:
                raise StreamError(429, "Too many streams on one connection")
            await self._hub.add(listener, _checked(stream, which, viewer))
        elif message.get("type") == "unsubscribe":
            await self._hub.remove(listener, _checked(stream, which, viewer))
        else:
            raise StreamError(400, "Unknown message type")

    async def _heard(
        self, connection: HTTPConnection, listener: Listener, viewer: Viewer | None
    ) -> AsyncIterator[tuple[Event | None, str]]:
        """Events with their payloads, and None when it was quiet; ends when the token, or the patience, does."""
        loop = asyncio.get_running_loop()
        check_at = loop.time() + CHECK_TOKEN_SECONDS
        while not listener.cut_off:
            try:
                event = await asyncio.wait_for(listener.waiting.get(), THUMP_SECONDS)
            except TimeoutError:
                yield None, ""
                event = None
            if viewer is not None and loop.time() > check_at:
                check_at = loop.time() + CHECK_TOKEN_SECONDS
                try:
                    viewer = await self._viewer(connection)
                except StreamError:
                    return
            if event is not None:
                payload = await self._in_thread(lambda e=event, v=viewer: self._rendering.render(e, v))  # type: ignore[misc]
                if payload is not None:
                    metrics.STREAM_EVENTS.labels(event.subscription.name[0]).inc()
                    yield event, payload

    async def _viewer(self, connection: HTTPConnection) -> Viewer | None:
        token = _token(connection)
        if token is None:
            return None
        return await self._in_thread(lambda: self._rendering.viewer(token))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._threads:
            return await run_in_threadpool(work)


class _Events(StreamingResponse):
    """Lines for one listener, who is let go when they leave, and cut off in the midst of a line if they don't read."""

    def __init__(self, hub: Hub, listener: Listener, wanted: Subscription, lines: AsyncIterator[bytes]) -> None:
        super().__init__(lines, media_type="text/event-stream", headers=HEADERS)
        self._hub, self._listener, self._wanted = hub, listener, wanted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        await self._hub.add(self._listener, self._wanted)
        try:
            await _first_of(super().__call__(scope, receive, send), self._listener.over.wait())
        finally:
            await self._hub.leave(self._listener)


async def _first_of(*work: Awaitable[Any]) -> None:
    """Until one of them is done; the others are cancelled."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception) and not isinstance(result, WebSocketDisconnect):
            raise result


def _which(connection: HTTPConnection) -> str | None:
    return connection.query_params.get("list") or connection.query_params.get("tag")


def _checked(stream: str, which: str | None, viewer: Viewer | None) -> Subscription:
    wanted = subscription(stream, which, viewer.account_id if viewer else None)
    if not may_listen(viewer, stream):
        raise StreamError(403, "This action is outside the authorized scopes")
    return wanted


def _token(connection: HTTPConnection) -> str | None:
    """As Mastodon takes it: a header, the WebSocket's sub-protocol, or the address (browsers can set no header)."""
    kind, _, value = connection.headers.get("authorization", "").partition(" ")
    if kind.lower() == "bearer" and value:
        return value.strip()
    protocol = connection.headers.get("sec-websocket-protocol", "").split(",")[0].strip()
    return protocol or connection.query_params.get("access_token")


def _message(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_MESSAGE:
        raise StreamError(413, "Message too long")
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise StreamError(400, "Not JSON") from error
    if not isinstance(found, dict):
        raise StreamError(400, "Not a JSON object")
    return found


async def _refuse(_request: Request, error: StreamError) -> Response:
    return JSONResponse({"error": error.text}, error.status, headers=ANYWHERE)
