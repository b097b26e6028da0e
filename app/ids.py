"""Public ids: milliseconds << 16 plus a sequence, as Mastodon's, so that clients can page by them."""

from __future__ import annotations

import secrets
import threading
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SEQUENCE_BITS = 16
_SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(at: datetime) -> int:
    """Whole milliseconds since 1970."""
    return (at - EPOCH) // _MILLISECOND


def lowest(at: datetime) -> int:
    """The smallest id that a thing of that moment can have; for paging by time."""
    return milliseconds(at) << SEQUENCE_BITS


def time_of(identifier: int) -> datetime:
    """When an id was taken."""
    return EPOCH + (identifier >> SEQUENCE_BITS) * _MILLISECOND


class IdSource:
    """Takes ids that rise within this process and don't collide with another's.

    The low 16 bits start at random in each millisecond and count up; unique constraints catch the rest.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def take(self, at: datetime) -> int:
        """A fresh id of that moment, above every id that this source gave for it or before it."""
        with self._lock:
            candidate = lowest(at) | secrets.randbelow(1 << (SEQUENCE_BITS - 2))
            if candidate <= self._last:
                candidate = self._last + 1
            self._last = candidate
            return candidate

    def for_past(self, at: datetime) -> int:
        """An id for something published long ago: it sorts there and leaves the rising sequence alone."""
        return lowest(at) | secrets.randbelow(_SEQUENCE_MASK)


IDS = IdSource()
"""The process's source: ids must rise within a process whoever takes them."""
