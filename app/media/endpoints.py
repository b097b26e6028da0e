"""Pictures over HTTP, in the stream process: a picture that has to be fetched first makes its reader wait, and nobody
else, since waiting costs no thread of the web process.
"""

from __future__ import annotations

import asyncio
import functools
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from app.federation.rules import KnownRules
from app.media import allowed, ranges
from app.media.cache import Picture
from app.media.errors import NoPictureError
from app.media.links import ENDING, ROOT, Asked, Links, Place, read
from app.media.obtaining import BEING_MADE, Pictures
from app.media.shapes import FILM, RECORDINGS, STILLS
from app.services import Services
from app.uploads.places import EMOJIS, UPLOADS
from app.uploads.recordings.kinds import FILM_TYPE, SOUND_TYPE

T = TypeVar("T")
log = structlog.get_logger()
STORE_AWAY_SECONDS = 15
FETCHING_THREADS = 16
MOST_WAITING = 200
PATIENCE_SECONDS = 45.0
LOOK_SECONDS = 0.5
SHOWN_SECONDS = 3600
ACTOR_SECONDS = 86400
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Referrer-Policy": "no-referrer",
}
ASKED_FIRST = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Range, If-None-Match, *",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Max-Age": "7200",
}
"""What browsers ask before a page from elsewhere may play a part of a film."""


class MediaEndpoints:
    """The addresses of pictures, over services; `threads` bound how many ask the database at once."""

    def __init__(self, services: Services, threads: asyncio.Semaphore) -> None:
        self._services, self._threads = services, threads
        self._links = Links(services.settings)
        self._rules = KnownRules(services.db)
        self._pictures = Pictures(services)
        self._pool = ThreadPoolExecutor(FETCHING_THREADS, thread_name_prefix="media")
        self._waiting = self._playing = 0

    def routes(self) -> list[Route]:
        """For the stream process's application."""
        return [
            Route(f"{UPLOADS}/{{key}}/{{file}}", self.upload),
            Route(f"{EMOJIS}/{{key}}/{{file}}", self.house_emoji),
            Route(f"{ROOT}/{{place}}/{{holder}}/{{signature}}/{{file}}", self.picture),
            Route(f"{ROOT}/{{rest:path}}", self.preflight, methods=["OPTIONS"]),
            Route(f"{ROOT}/{{rest:path}}", self.unknown),
        ]

    async def preflight(self, _request: Request) -> Response:
        """Pages from anywhere may show them."""
        return Response(status_code=204, headers=ASKED_FIRST)

    async def unknown(self, _request: Request) -> Response:
        """No picture has such an address."""
        return _nothing()

    async def upload(self, request: Request) -> Response:
        """One file of a member's picture, as other servers ask for it."""
        key, file = request.path_params["key"], request.path_params["file"].rpartition(".")[0]
        async with self._threads:
            wanted = await asyncio.to_thread(self._shown, key, file)
        return _nothing() if wanted is None else await self._answer(request, wanted, file, Place.ATTACHMENTS)

    async def house_emoji(self, request: Request) -> Response:
        """One file of an emoji of the house."""
        key, file = request.path_params["key"], request.path_params["file"].rpartition(".")[0]
        async with self._threads:
            wanted = await asyncio.to_thread(self._emoji, key, file)
        return _nothing() if wanted is None else await self._answer(request, wanted, file, Place.EMOJIS)

    async def picture(self, request: Request) -> Response:
        """One file of a picture."""
        asked = read(**{name: request.path_params[name] for name in ("place", "holder", "signature", "file")})
        if asked is None:
            return _nothing()
        async with self._threads:
            wanted = await asyncio.to_thread(self._allowed, asked)
        if wanted is None:
            return _nothing()
        return await self._answer(request, wanted, asked.file, asked.place)

    async def _answer(self, request: Request, wanted: Picture, file: str, place: Place) -> Response:
        if file in RECORDINGS:
            return await self._played(request, wanted, file, place)
        if file in STILLS:
            return await self._still(wanted, STILLS[file], place)
        if self._waiting >= MOST_WAITING:
            return _later(5)
        self._waiting += 1
        try:
            found = await self._in_pool(functools.partial(self._pictures.file, wanted, file))
        except NoPictureError as error:
            return _nothing() if error.retry_after is None else _later(error.retry_after)
        finally:
            self._waiting -= 1
        headers = HEADERS | {"ETag": f'"{found.version}"', "Cache-Control": _kept(place)}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(found.body, media_type="image/webp", headers=headers)

    async def _still(self, wanted: Picture, name: str, place: Place) -> Response:
        """A picture of a film's beginning, which is there before the film is made."""
        try:
            found = await self._awaited(functools.partial(self._pictures.still, wanted, name))
        except NoPictureError as error:
            return _nothing() if error.retry_after is None else _later(error.retry_after)
        return Response(found.body, media_type="image/webp", headers=HEADERS | {"Cache-Control": _kept(place)})

    async def _played(self, request: Request, wanted: Picture, file: str, place: Place) -> Response:
        """A film or sound, in the parts that a player asks for."""
        try:
            path = await self._awaited(functools.partial(self._pictures.recording, wanted, file))
        except NoPictureError as error:
            return _nothing() if error.retry_after is None else _later(error.retry_after)
        kind = FILM_TYPE if file == FILM else SOUND_TYPE
        stat = await asyncio.to_thread(os.stat, path)
        film = _Film(path, headers=HEADERS | {"Cache-Control": _kept(place)}, media_type=kind, stat_result=stat)
        if ranges.knows(request.headers.get("if-none-match", ""), film.headers["etag"]):
            return Response(
                status_code=304, headers=HEADERS | {"ETag": film.headers["etag"], "Cache-Control": _kept(place)}
            )
        if not ranges.is_valid(request.headers.get("range", "")):
            request.scope["headers"] = [each for each in request.scope["headers"] if each[0].lower() != b"range"]
        return film

    async def _awaited(self, work: Callable[[], T]) -> T:
        """What the work gives; who asks for a film from elsewhere waits while it is fetched. Raises NoPictureError."""
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return await self._in_pool(work)
            except NoPictureError as error:
                if error.code != BEING_MADE or self._playing >= MOST_WAITING or time.monotonic() > until:
                    raise
            self._playing += 1
            try:
                await asyncio.sleep(LOOK_SECONDS)
            finally:
                self._playing -= 1

    def _allowed(self, asked: Asked) -> Picture | None:
        with self._services.db.read() as session:
            rules = self._rules.current(session)
            return allowed.picture(session, self._links, rules, asked, self._services.clock.now())

    def _shown(self, key: str, file: str) -> Picture | None:
        with self._services.db.read() as session:
            return allowed.upload(session, self._services.settings, key, file)

    def _emoji(self, key: str, file: str) -> Picture | None:
        with self._services.db.read() as session:
            return allowed.house_emoji(session, self._services.settings, key, file)

    async def _in_pool(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except OSError as error:  # where media lie is broken, or doesn't answer: an admin reads it, and readers wait
            log.error("media_store_away", error=str(error))
            raise NoPictureError("media_store_away", retry_after=STORE_AWAY_SECONDS) from error


class _Film(FileResponse):
    """A film or sound whose refusals (a part that it doesn't have) pages from elsewhere may read, too."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def say(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                headers = MutableHeaders(scope=message)
                headers.update({**HEADERS, "Cache-Control": "no-store"})
            await send(message)

        await super().__call__(scope, receive, say)


def _kept(place: Place) -> str:
    """How long a reader may keep it: what a moderator looks at, not at all; what may be taken back, not for long."""
    if place in ENDING:
        return "no-store"
    return f"private, max-age={SHOWN_SECONDS if place is Place.ATTACHMENTS else ACTOR_SECONDS}"


def _nothing() -> Response:
    return Response("Nothing is here.\n", 404, HEADERS | {"Cache-Control": "no-store"}, "text/plain")


def _later(seconds: int) -> Response:
    headers = HEADERS | {"Cache-Control": "no-store", "Retry-After": str(seconds)}
    return Response("This picture can't be had now.\n", 503, headers, "text/plain")
