"""The endpoints: server-sent events for one stream each, and a WebSocket that carries many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from app.oauth.tokens import Viewer
from app.stream.channels import LISTED, ONLY_MEDIA, OPEN, StreamError, Subscription, subscription
from app.stream.hub import MAX_SUBSCRIPTIONS, Hub
from app.stream.listeners import Desk, Listener
from app.stream.rendering import Rendering, may_listen
from app.stream.wires import Lines, Socket, Wire

log = structlog.get_logger()
ROOT = "/api/v1/streaming"
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
        self._hub, self._desk = hub, Desk(rendering, threads)

    def application(self, also: Sequence[Route] = ()) -> ASGIApp:
        """The ASGI application; `also` are routes of others that live in this process."""
        others = Starlette(
            routes=[
                Route(f"{ROOT}/health", self.health),
                *(Route(f"{ROOT}/{path}", self.preflight, methods=["OPTIONS"]) for path in PATHS),
                Route(f"{ROOT}/{{rest:path}}", self.unknown),
                *also,
            ],
            exception_handlers={StreamError: _refuse},  # type: ignore[dict-item]
        )

        def choose(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            """Streams stay open: they are answered right here, since each layer between costs memory all the while."""
            if scope["type"] == "websocket" and scope["path"] in (ROOT, f"{ROOT}/"):
                return self.socket(scope, receive, send)
            if scope.get("method") == "GET" and scope["path"].removeprefix(f"{ROOT}/") in PATHS:
                return self.events(scope, receive, send)
            return others(scope, receive, send)

        return choose

    async def health(self, _request: Request) -> Response:
        """This process answers."""
        return PlainTextResponse("OK")

    async def preflight(self, _request: Request) -> Response:
        """Pages from anywhere may listen."""
        return Response(status_code=204, headers=ASKED_FIRST)

    async def unknown(self, _request: Request) -> Response:
        """Nothing is streamed there."""
        raise StreamError(400, "Unknown channel requested")

    async def events(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One stream as server-sent events."""
        wire = Lines(scope, send)
        try:
            asked = _asked(scope)
            viewer = await self._viewer(asked)
            wanted = await self._wanted(_of_path(scope["path"], asked), asked.which, viewer)
            listener = self._enter(wire, asked, viewer)
        except StreamError as error:
            await _refusal(error)(scope, receive, send)
            return
        try:
            await wire.open()
            await self._hub.add(listener, wanted)
            await wire.begin()
            while (await receive())["type"] != "http.disconnect":
                pass  # a request's body, if anybody sends one
        finally:
            await self._leave(listener)

    async def socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Streams over a WebSocket: one named in the address, more by messages."""
        await receive()  # that they came
        wire = Socket(scope, send, self._hub)
        try:
            asked = _asked(scope)
            viewer = await self._viewer(asked)
            wanted = await self._wanted(asked.stream, asked.which, viewer) if asked.stream else None
            listener = self._enter(wire, asked, viewer)
        except StreamError as error:
            log.info("stream_refused", status=error.status)
            await _refusal(error)(scope, receive, send)
            return
        try:
            await wire.open(asked.subprotocol)
            if wanted is not None:
                await self._hub.add(listener, wanted)
            await self._converse(receive, wire, listener)
        finally:
            await self._leave(listener)

    async def _viewer(self, asked: _Asked) -> Viewer | None:
        return None if asked.token is None else await self._desk.viewer(asked.token)

    async def _wanted(self, stream: str, which: str | None, viewer: Viewer | None) -> Subscription:
        """What is asked for, if it's theirs to hear. Raises StreamError."""
        wanted = _checked(stream, which, viewer)
        if stream == LISTED and not await self._desk.has_list(viewer, int(wanted.name[1])):
            raise StreamError(401, "Not authorized to stream this list")
        return wanted

    def _enter(self, wire: Wire, asked: _Asked, viewer: Viewer | None) -> Listener:
        listener = Listener(self._desk, wire, asked.token, viewer)
        self._hub.enter(listener)
        return listener

    async def _leave(self, listener: Listener) -> None:
        listener.rest()
        await self._hub.leave(listener)

    async def _converse(self, receive: Receive, wire: Socket, listener: Listener) -> None:
        """Do what they say, until they leave."""
        while (message := await receive())["type"] == "websocket.receive":
            try:
                await self._obey(_message(message.get("text") or ""), listener)
            except StreamError as error:
                await wire.refuse(error.status, error.text)

    async def _obey(self, message: dict[str, Any], listener: Listener) -> None:
        stream, which = message.get("stream"), message.get("list", message.get("tag"))
        if not isinstance(stream, str) or not isinstance(which, str | None):
            raise StreamError(400, "Unknown stream type")
        if message.get("type") == "subscribe":
            if len(listener.subscriptions) >= MAX_SUBSCRIPTIONS:
                raise StreamError(429, "Too many streams on one connection")
            await self._hub.add(listener, await self._wanted(stream, which, listener.viewer))
        elif message.get("type") == "unsubscribe":
            await self._hub.remove(listener, _checked(stream, which, listener.viewer))
        else:
            raise StreamError(400, "Unknown message type")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What stands in a request, beside its path."""

    token: str | None
    stream: str | None
    which: str | None
    only_media: bool
    subprotocol: str | None


def _asked(scope: Scope) -> _Asked:
    """Read a request, and let go of its headers: they would stay as long as the stream.

    Mastodon takes a token from a header, from the WebSocket's sub-protocol, and from the address: browsers can set no
    header.
    """
    connection = HTTPConnection(scope)
    query = connection.query_params
    protocol = connection.headers.get("sec-websocket-protocol", "").split(",")[0].strip() or None
    asked = _Asked(
        token=_bearer(connection) or protocol or query.get("access_token"),
        stream=query.get("stream"),
        which=query.get("list") or query.get("tag"),
        only_media=query.get("only_media") in YES,
        subprotocol=protocol,
    )
    scope["headers"].clear()
    return asked


def _of_path(path: str, asked: _Asked) -> str:
    stream = PATHS[path.removeprefix(f"{ROOT}/")]
    return stream + ONLY_MEDIA if stream in OPEN and asked.only_media else stream


def _checked(stream: str, which: str | None, viewer: Viewer | None) -> Subscription:
    wanted = subscription(stream, which, viewer.account_id if viewer else None)
    if not may_listen(viewer, stream):
        raise StreamError(403, "This action is outside the authorized scopes")
    return wanted


def _bearer(connection: HTTPConnection) -> str | None:
    kind, _, value = connection.headers.get("authorization", "").partition(" ")
    return value.strip() if kind.lower() == "bearer" and value else None


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
    return _refusal(error)


def _refusal(error: StreamError) -> Response:
    return JSONResponse({"error": error.text}, error.status, headers=ANYWHERE)
