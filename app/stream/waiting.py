"""What a connection's one task waits for: asyncio's queue and event, for one who waits, in a tenth of their memory.

Each deque of asyncio's takes 700 bytes while it is empty; a queue has four of them, an event one.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Gate:
    """An asyncio.Event: shut at first. Few wait at a time."""

    __slots__ = ("_open", "_waiting")

    def __init__(self) -> None:
        self._open = False
        self._waiting: list[asyncio.Future[None]] = []

    def is_set(self) -> bool:
        """Whether it is open."""
        return self._open

    def set(self) -> None:
        """Open it: whoever waits goes on."""
        self._open = True
        for one in self._waiting:
            if not one.done():
                one.set_result(None)

    def clear(self) -> None:
        """Shut it."""
        self._open = False

    async def wait(self) -> None:
        """Return once it is open."""
        if self._open:
            return
        mine = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            await mine
        finally:
            self._waiting.remove(mine)


class Line(Generic[T]):
    """An asyncio.Queue without bounds."""

    __slots__ = ("_gate", "_items")

    def __init__(self) -> None:
        self._gate = Gate()
        self._items: deque[T] | None = None  # made when it is needed

    def empty(self) -> bool:
        """Whether nothing is in it."""
        return not self._items

    def put_nowait(self, item: T) -> None:
        """Put it at the end."""
        if self._items is None:
            self._items = deque()
        self._items.append(item)
        self._gate.set()

    async def get(self) -> T:
        """The first, once there is one."""
        while not self._items:
            self._gate.clear()
            await self._gate.wait()
        item = self._items.popleft()
        if not self._items:
            self._items = None
        return item
