"""What each host of pictures is allowed to cost us: so many requests at once, so many in a while, and silence after
failures, so that one that hangs holds up only its own pictures.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.clock import Clock

AT_ONCE = 3
SILENT_FIRST = timedelta(seconds=30)
SILENT_LONGEST = timedelta(hours=1)
REMEMBERED = 4096


class HostBusyError(Exception):
    """It's asked enough already, or didn't answer lately."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


@dataclass
class _Host:
    asking: int = 0
    failures: int = 0
    silent_until: datetime | None = None


class Hosts:
    """Counts, for one process, who is asked for what."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: OrderedDict[str, _Host] = OrderedDict()

    @contextmanager
    def asking(self, host: str) -> Iterator[None]:
        """A place to ask this host. Raises HostBusyError."""
        with self._lock:
            one = self._of(host)
            now = self._clock.now()
            if one.silent_until is not None and one.silent_until > now:
                raise HostBusyError(int((one.silent_until - now).total_seconds()) + 1)
            if one.asking >= AT_ONCE:
                raise HostBusyError(2)
            one.asking += 1
        try:
            yield
        finally:
            with self._lock:
                one.asking -= 1

    def answered(self, host: str) -> None:
        """It's well."""
        with self._lock:
            one = self._of(host)
            one.failures, one.silent_until = 0, None

    def failed(self, host: str) -> None:
        """It didn't answer, or answered that it can't: leave it alone, longer each time."""
        with self._lock:
            one = self._of(host)
            one.failures += 1
            wait = min(SILENT_FIRST * 2 ** min(one.failures - 1, 10), SILENT_LONGEST)
            one.silent_until = self._clock.now() + wait

    def _of(self, host: str) -> _Host:
        one = self._known.setdefault(host, _Host())
        self._known.move_to_end(host)
        while len(self._known) > REMEMBERED:
            oldest = next(iter(self._known))
            if self._known[oldest].asking:
                break
            del self._known[oldest]
        return one
