"""Company: whom the one who admits posts waits for, because they are about to hand in theirs.

What every write costs, however many posts it has, is more than half of what a post costs alone. Requests of one process
share its interpreter: those that are being worked on take their time from the one who admits anyway, so that waiting
for them costs nobody anything. Who is alone waits for nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

PATIENCE_SECONDS: Final = 0.05
"""For how long after it came a request is waited for: one that asks another server holds nobody up. And for how long
one waits at most, whoever comes meanwhile.
"""
GRACE_SECONDS: Final = 0.003
"""For how long those who came along the last time may be on their way back: clients that send one after the other."""


class Company:
    """Who is near, by threads. The lock is the gatherer's, which guards what has been gathered too."""

    def __init__(self, lock: threading.Lock, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._changed = threading.Condition(lock)
        self._near: dict[int, float] = {}
        self._last = 1

    @contextmanager
    def near(self) -> Iterator[None]:
        """Be waited for, while a request that posts is worked on: before its draft is handed in, and after."""
        self._come()
        try:
            yield
        finally:
            with self._changed:
                self.leave()

    @contextmanager
    def handing_in(self, put: Callable[[], None]) -> Iterator[None]:
        """Put a draft with the others; until it's through nobody waits for the one who did."""
        with self._changed:
            was_near = self.leave()
            put()
        try:
            yield
        finally:
            if was_near:
                self._come()

    def leave(self) -> bool:
        """Be waited for no longer; whether one was. Holds the lock."""
        came = self._near.pop(threading.get_ident(), None)
        self._changed.notify()
        return came is not None

    def wait(self, gathered: Callable[[], int], most: int) -> None:
        """Let go of the lock until all who are near have come, there are as many as can be taken, or it was enough."""
        until = time.monotonic() + self._patience
        while gathered() < most and (seconds := min(self._worth_waiting(gathered()), until - time.monotonic())) > 0:
            if not self._changed.wait(seconds):
                break
        self._last = gathered()

    def _worth_waiting(self, gathered: int) -> float:
        if self._near:
            return max(self._near.values()) + self._patience - time.monotonic()
        return GRACE_SECONDS if gathered < self._last else 0.0

    def _come(self) -> None:
        with self._changed:
            self._near[threading.get_ident()] = time.monotonic()
            self._changed.notify()
