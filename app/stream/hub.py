"""The hub: one connection to Redis, and one clock, for all listeners."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.stores import events
from app.stream.channels import StreamError, Subscription

log = structlog.get_logger()
MAX_SUBSCRIPTIONS = 40
MOST_LISTENERS = 20_000
AGAIN_SECONDS = 1.0
SIGN_OF_LIFE_SECONDS = 15
"""How often each listener has its turn: clients hear that the stream lives, and tokens are looked at again."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ids only."""

    subscription: Subscription
    kind: str
    payload: Any


class Listener(Protocol):
    """Somebody who listens to streams. None of this may wait: the hub has all the others to tell."""

    subscriptions: set[Subscription]

    def give(self, event: Event) -> None:
        """Put it in line."""

    def turn(self) -> None:
        """Some seconds have passed: time for a sign of life."""

    def doubt(self, account_id: int) -> None:
        """Tokens of this member ended: theirs may be among them."""

    def end(self) -> None:
        """Take leave."""


class Hub:
    """Knows who listens to what, and keeps Redis subscribed to just that."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pubsub = redis.pubsub(ignore_subscribe_messages=True)
        self._by_channel: dict[str, set[Listener]] = defaultdict(set)
        # Whoever comes in a second has their turn in that second of each round: one timer serves all, a few at a time.
        self._seconds: list[set[Listener]] = [set() for _ in range(SIGN_OF_LIFE_SECONDS)]
        self._second = 0
        self._subscribed = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._telling = asyncio.Lock()
        self.over = False
        """Whether everybody was let go."""

    def start(self) -> list[asyncio.Task[None]]:
        """Begin to read. What is returned ends when the hub is stopped, or broken."""
        self._tasks = [asyncio.create_task(work, name="hub") for work in (self._read(), self._turn())]
        return self._tasks

    async def stop(self) -> None:
        """Stop reading, and let every listener go. When they leave, Redis isn't told: that would connect anew."""
        self.over = True
        for listener in self._all():
            listener.end()
        for task in self._tasks:
            task.cancel()
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]

    def enter(self, listener: Listener) -> None:
        """Somebody is there. Raises StreamError: too many are, or nobody is let in any more."""
        if self.over or sum(map(len, self._seconds)) >= MOST_LISTENERS:
            raise StreamError(503, "Too many listen at the moment")
        self._seconds[self._second].add(listener)

    async def add(self, listener: Listener, subscription: Subscription) -> None:
        """The listener hears this stream from now on."""
        listener.subscriptions.add(subscription)
        listeners = self._by_channel[subscription.channel]
        first = not listeners
        listeners.add(listener)
        if first:
            also = () if self._subscribed.is_set() else (events.ACCESS,)
            await self._tell(self._pubsub.subscribe, subscription.channel, *also)
            self._subscribed.set()

    async def remove(self, listener: Listener, subscription: Subscription) -> None:
        """The listener doesn't hear it any more."""
        listener.subscriptions.discard(subscription)
        if any(other.channel == subscription.channel for other in listener.subscriptions):
            return
        listeners = self._by_channel[subscription.channel]
        listeners.discard(listener)
        if not listeners:
            del self._by_channel[subscription.channel]
            await self._tell(self._pubsub.unsubscribe, subscription.channel)

    async def leave(self, listener: Listener) -> None:
        """The listener is gone."""
        for second in self._seconds:
            second.discard(listener)
        for subscription in list(listener.subscriptions):
            await self.remove(listener, subscription)

    def _all(self) -> list[Listener]:
        return [listener for second in self._seconds for listener in second]

    async def _tell(self, command: Callable[..., Awaitable[Any]], *channels: str) -> None:
        """While Redis is away the subscription is only noted; the connection renews all of them when it is back.

        One at a time: of two that come first each would connect, and what one subscribes to would be lost with its
        connection.
        """
        try:
            async with self._telling:
                if not self.over:
                    await command(*channels)
        except RedisError as error:
            log.warning("stream_lost_redis", error=str(error))

    async def _read(self) -> None:
        await self._subscribed.wait()
        while True:
            try:
                message = await self._pubsub.get_message(timeout=None)
            except RedisError as error:
                log.warning("stream_lost_redis", error=str(error))
                await asyncio.sleep(AGAIN_SECONDS)
                await self._again()
                continue
            if message is None:
                await asyncio.sleep(0.05)  # nobody listens to anything just now
            else:
                self._spread(message["channel"].decode(), message["data"])

    async def _again(self) -> None:
        if self._by_channel:
            await self._tell(self._pubsub.subscribe, *self._by_channel, events.ACCESS)

    def _spread(self, channel: str, data: bytes) -> None:
        happened = orjson.loads(data)
        if channel == events.ACCESS:
            self._doubt(happened["payload"]["account_id"])
        for listener in self._by_channel.get(channel, ()):
            for subscription in listener.subscriptions:
                if subscription.channel == channel and subscription.wants(happened["event"]):
                    listener.give(Event(subscription, happened["event"], happened["payload"]))

    def _doubt(self, account_id: int) -> None:
        for listener in self._all():
            listener.doubt(account_id)

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        next_at = loop.time() + 1
        while True:
            await asyncio.sleep(next_at - loop.time())
            next_at += 1
            self._second = (self._second + 1) % SIGN_OF_LIFE_SECONDS
            for listener in self._seconds[self._second]:
                listener.turn()
