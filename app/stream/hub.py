"""The hub: one connection to Redis for all listeners; each listener has a bounded queue of its own."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.stream.channels import Subscription

log = structlog.get_logger()
QUEUE_LENGTH = 200
MAX_SUBSCRIPTIONS = 40
AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: ids only."""

    subscription: Subscription
    kind: str
    payload: Any


@dataclass(eq=False)
class Listener:
    """A client's connection. One that doesn't read is cut off: it polls what it missed when it is back."""

    subscriptions: set[Subscription] = field(default_factory=set)
    waiting: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(QUEUE_LENGTH))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def cut_off(self) -> bool:
        """Whether this connection is to end."""
        return self.over.is_set()

    def cut(self) -> None:
        """End it, also in the midst of sending to somebody who doesn't read."""
        self.over.set()

    def give(self, event: Event | None) -> None:
        """Put it in line."""
        try:
            self.waiting.put_nowait(event)
        except asyncio.QueueFull:
            self.cut()


class Hub:
    """Knows who listens to what, and keeps Redis subscribed to just that."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pubsub = redis.pubsub(ignore_subscribe_messages=True)
        self._by_channel: dict[str, set[Listener]] = defaultdict(set)
        self._subscribed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._over = False
        self._telling = asyncio.Lock()

    def start(self) -> None:
        """Begin to read."""
        self._task = asyncio.create_task(self._read(), name="hub")

    async def stop(self) -> None:
        """Stop reading, and let every listener go. When they leave, Redis isn't told: that would connect anew."""
        self._over = True
        for listeners in self._by_channel.values():
            for listener in listeners:
                listener.cut()
                listener.give(None)
        if self._task is not None:
            self._task.cancel()
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]

    async def add(self, listener: Listener, subscription: Subscription) -> None:
        """The listener hears this stream from now on."""
        listener.subscriptions.add(subscription)
        listeners = self._by_channel[subscription.channel]
        first = not listeners
        listeners.add(listener)
        if first:
            await self._tell(self._pubsub.subscribe, subscription.channel)
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
        for subscription in list(listener.subscriptions):
            await self.remove(listener, subscription)

    async def _tell(self, command: Callable[..., Awaitable[Any]], *channels: str) -> None:
        """While Redis is away the subscription is only noted; the connection renews all of them when it is back.

        One at a time: of two that come first each would connect, and what one subscribes to would be lost with its
        connection.
        """
        try:
            async with self._telling:
                if not self._over:
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
            await self._tell(self._pubsub.subscribe, *self._by_channel)

    def _spread(self, channel: str, data: bytes) -> None:
        happened = orjson.loads(data)
        for listener in self._by_channel.get(channel, ()):
            for subscription in listener.subscriptions:
                if subscription.channel == channel and subscription.wants(happened["event"]):
                    listener.give(Event(subscription, happened["event"], happened["payload"]))
