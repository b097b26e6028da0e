"""Who listens: a client's connection, what waits for it, and a task to tell it while something waits.

One that hears nothing costs no task beside its server's own, and no timer. One that doesn't read is cut off in the
midst of a line: it polls what it missed when it is back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog

from app import metrics
from app.oauth.tokens import Viewer
from app.stream.channels import StreamError, Subscription
from app.stream.hub import Event
from app.stream.rendering import Rendering
from app.stream.wires import Wire

T = TypeVar("T")
log = structlog.get_logger()
QUEUE_LENGTH = 200
TOGETHER = 500
"""How many members at most are told of a post from one fetch: they are named in its queries."""
GATHER_SECONDS = 0.01
CHECK_TOKEN_SECONDS = 30.0
LEAVE_SECONDS = 10.0
"""How long a client that is let go may take to read the last of it."""


class Desk:
    """What all are told from: the rendering, and how many threads it may ask the database in."""

    def __init__(self, rendering: Rendering, threads: asyncio.Semaphore) -> None:
        self._rendering, self._threads = rendering, threads
        self._for_strangers: dict[Hashable, asyncio.Task[str | None]] = {}
        self._crowds: dict[int, deque[_Asking]] = {}
        self._serving: set[asyncio.Task[None]] = set()

    async def viewer(self, token: str) -> Viewer:
        """Who holds it. Raises StreamError for a token that is no good here."""
        return await self._in_thread(lambda: self._rendering.viewer(token))

    async def has_list(self, viewer: Viewer | None, list_id: int) -> bool:
        """Whether a list is theirs."""
        return await self._in_thread(lambda: self._rendering.has_list(viewer, list_id))

    async def payload(self, event: Event, viewer: Viewer | None) -> str | None:
        """What they are told of it; None when it isn't for these eyes."""
        if not self._rendering.asks(event):
            return self._rendering.render(event, viewer)
        if viewer is None:
            return await asyncio.shield(self._for_stranger(event))
        if self._rendering.tells_many(event, viewer):
            return await self._with_others(event, viewer)
        return await self._in_thread(lambda: self._rendering.render(event, viewer))

    def _for_stranger(self, event: Event) -> asyncio.Task[str | None]:
        """Strangers see all the same: those who are told at the same moment are told from one rendering."""
        key = event.subscription.name, event.kind, event.payload["id"]
        if key not in self._for_strangers:
            task = asyncio.create_task(self._in_thread(lambda: self._rendering.render(event, None)))
            self._for_strangers[key] = task
            task.add_done_callback(lambda _: self._for_strangers.pop(key))
        return self._for_strangers[key]

    async def _with_others(self, event: Event, viewer: Viewer) -> str | None:
        """Members who wait to be told of the same post are told from one fetch, made after they asked."""
        asking = _Asking(event, viewer, asyncio.get_running_loop().create_future())
        public_id = int(event.payload["id"])
        if public_id in self._crowds:
            self._crowds[public_id].append(asking)
        else:
            self._crowds[public_id] = deque((asking,))
            task = asyncio.create_task(self._serve(public_id))
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)
        return await asking.payload

    async def _serve(self, public_id: int) -> None:
        """Tell those who wait, a number at a time; whoever asks meanwhile is told of what is fetched after that."""
        crowd = self._crowds[public_id]
        while crowd:
            await self._gather(crowd)
            async with self._threads:
                some = [crowd.popleft() for _ in range(min(len(crowd), TOGETHER))]
                asked = [(one.event, one.viewer) for one in some]
                [payloads] = await asyncio.gather(
                    asyncio.to_thread(self._rendering.render_each, asked), return_exceptions=True
                )
            for number, one in enumerate(some):
                if one.payload.done():
                    continue  # they left
                if isinstance(payloads, BaseException):
                    one.payload.set_exception(payloads)
                else:
                    one.payload.set_result(payloads[number])
        del self._crowds[public_id]

    async def _gather(self, crowd: Sequence[_Asking]) -> None:
        """Wait while more come: their channels are told one after the other, which threads at work would slow down."""
        before = 0
        while before < len(crowd) < TOGETHER:
            before = len(crowd)
            await asyncio.sleep(GATHER_SECONDS)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        async with self._threads:
            return await asyncio.to_thread(work)


@dataclass(frozen=True, slots=True)
class _Asking:
    """A member who waits to be told of a post."""

    event: Event
    viewer: Viewer
    payload: asyncio.Future[str | None]


class Listener:
    """Somebody who listens. The hub calls what doesn't wait; what waits is in the task."""

    __slots__ = ("_check_at", "_desk", "_line", "_over", "_task", "_token", "_wire", "subscriptions", "viewer")

    def __init__(self, desk: Desk, wire: Wire, token: str | None, viewer: Viewer | None) -> None:
        self._desk, self._wire, self._token = desk, wire, token
        self._check_at = asyncio.get_running_loop().time() + CHECK_TOKEN_SECONDS
        self._line: deque[Event | None] | None = None  # made when it is needed: an empty one takes 600 bytes
        self._task: asyncio.Task[None] | None = None
        self._over = False
        self.viewer = viewer
        self.subscriptions: set[Subscription] = set()

    def give(self, event: Event | None) -> None:
        """Put it in line; None is a sign of life."""
        if self._over:
            return
        if self._line is None:
            self._line = deque()
        if len(self._line) >= QUEUE_LENGTH:
            self.cut()
        else:
            self._line.append(event)
            self._begin()

    def turn(self) -> None:
        """Some seconds have passed: a sign of life, if nothing better is being said."""
        if self._task is None:
            self.give(None)

    def doubt(self, account_id: int) -> None:
        """Tokens of this member ended: if it's theirs, the next thing is to look whether it is good still."""
        if self.viewer is not None and self.viewer.account_id == account_id:
            self._check_at = 0.0
            self.give(None)

    def end(self) -> None:
        """Let them go, once what is being said is said."""
        if not self._over:
            self._over = True
            self._begin()

    def cut(self) -> None:
        """Let them go at once."""
        self.rest()
        self._wire.abort()

    def rest(self) -> None:
        """Say nothing more."""
        self._over = True
        if self._task is not None:
            self._task.cancel()

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._say())
            self._task.add_done_callback(self._said)

    def _said(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("stream_broke", exc_info=error)
            self.cut()

    async def _say(self) -> None:
        try:
            while self._line and not self._over:
                await self._say_one(self._line.popleft())
            if self._over:
                asyncio.get_running_loop().call_later(LEAVE_SECONDS, self._wire.abort)
                await self._wire.close()
        finally:
            self._line = self._task = None

    async def _say_one(self, event: Event | None) -> None:
        if not await self._is_welcome():
            self._over = True
        elif event is None:
            await self._wire.sign_of_life()
        else:
            payload = await self._desk.payload(event, self.viewer)
            if payload is not None:
                metrics.STREAM_EVENTS.labels(event.subscription.name[0]).inc()
                await self._wire.tell(event, payload)

    async def _is_welcome(self) -> bool:
        """Whether their token is good still; it is looked at when the last look was a while ago."""
        now = asyncio.get_running_loop().time()
        if self._token is None or now < self._check_at:
            return True
        self._check_at = now + CHECK_TOKEN_SECONDS
        try:
            self.viewer = await self._desk.viewer(self._token)
        except StreamError:
            return False
        return True
