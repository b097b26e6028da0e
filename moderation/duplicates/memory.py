"""A faster front for the fingerprints: recent public posts in the memory of one process, in sorted bands.

48 bytes a post: its hash, its row's number, its second, and its place in each of four bands. Posts lie in segments that
are sorted once and then never changed; the newest are compared one by one. The rows stay the truth: what is found near
is read from them, and until all of them were taken in, the answer is None and they are asked instead.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from moderation.checks.values import Neighbour
from moderation.columns import Instant
from moderation.duplicates.simhash import distances
from moderation.duplicates.tables import FingerprintRow
from moderation.rows import slices, table_of

SEGMENT: Final = 131_072
FRESH: Final = 8_192
"""Of the newest, as many as are compared one by one."""
MOST: Final = 1_000_000
AT_ONCE: Final = 5_000
"""Rows that are taken in for one question, at most."""
FARTHEST: Final = 8
"""Bits in which two may differ that are read from the rows: no policy may ask for more."""
_MASK: Final = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class _Segment:
    """Posts that are sorted by each of their four bands."""

    hashes: NDArray[np.uint64]
    ids: NDArray[np.int64]
    seconds: NDArray[np.int64]
    keys: tuple[NDArray[np.uint16], ...]
    orders: tuple[NDArray[np.uint32], ...]

    @classmethod
    def of(cls, hashes: NDArray[np.uint64], ids: NDArray[np.int64], seconds: NDArray[np.int64]) -> _Segment:
        bands = [(hashes >> np.uint64(16 * number)).astype(np.uint16) for number in range(4)]
        orders = tuple(np.argsort(band, kind="stable").astype(np.uint32) for band in bands)
        keys = tuple(band[order] for band, order in zip(bands, orders, strict=True))
        return cls(hashes, ids, seconds, keys, orders)

    def near(self, simhash: np.uint64) -> NDArray[np.int64]:
        """The numbers of those that share a band and differ in few bits."""
        places = []
        for number, (keys, order) in enumerate(zip(self.keys, self.orders, strict=True)):
            band = np.uint16((int(simhash) >> (16 * number)) & 0xFFFF)
            first, last = np.searchsorted(keys, band, "left"), np.searchsorted(keys, band, "right")
            if first < last:
                places.append(order[first:last])
        if not places:
            return np.zeros(0, dtype=np.int64)
        found = np.concatenate(places)
        near: NDArray[np.int64] = self.ids[found[np.bitwise_count(self.hashes[found] ^ simhash) <= FARTHEST]]
        return near

    @property
    def size(self) -> int:
        """Bytes."""
        plain = self.hashes.nbytes + self.ids.nbytes + self.seconds.nbytes
        return plain + sum(each.nbytes for each in self.keys) + sum(each.nbytes for each in self.orders)


class RecentPosts:
    """Implements `NearDuplicateIndex`; safe to share between threads."""

    def __init__(self, most: int = MOST, segment: int = SEGMENT) -> None:
        self._most, self._segment = most, segment
        self._segments: tuple[_Segment, ...] = ()
        self._fresh: tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]] = _empty()
        self._last = 0
        self._ready = False
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return sum(len(each.ids) for each in self._segments) + len(self._fresh[1])

    @property
    def size(self) -> int:
        """Bytes of its arrays."""
        return sum(each.size for each in self._segments) + sum(each.nbytes for each in self._fresh)

    def candidates(self, session: Session, fingerprints: Sequence[int], since: datetime) -> Sequence[Neighbour] | None:
        """Recent public posts, in no wave yet, within `FARTHEST` bits; None while not all rows were taken in."""
        if not self.catch_up(session, since):
            return None
        numbers = {number for simhash in fingerprints for number in self.near(simhash)}
        return _read(session, sorted(numbers), since)

    def near(self, simhash: int) -> list[int]:
        """The numbers of the rows that share a band with a hash, or are fresh, and differ in few bits."""
        wanted = np.uint64(simhash & _MASK)
        found = [each.near(wanted) for each in self._segments]
        hashes, ids, _seconds = self._fresh
        far = distances(np.array([wanted]), hashes)[0] if len(hashes) else np.zeros(0, dtype=np.uint8)
        found.append(ids[far <= FARTHEST])
        return [int(number) for number in np.unique(np.concatenate(found))]

    def catch_up(self, session: Session, since: datetime) -> bool:
        """Take in what was written since the last time; whether that was all. Another thread's turn is left to it."""
        if not self._lock.acquire(blocking=False):
            return self._ready
        try:
            if self._last == 0:
                self._last = (session.scalar(_FIRST, {"since": since}) or 1) - 1
            rows = session.execute(_NEW, {"last": self._last, "limit": AT_ONCE}).all()
            if rows:
                self._take(rows, since)
            self._ready = len(rows) < AT_ONCE
            return self._ready
        finally:
            self._lock.release()

    def _take(self, rows: Sequence[tuple[int, int, datetime]], since: datetime) -> None:
        hashes = np.array([simhash & _MASK for _, simhash, _ in rows], dtype=np.uint64)
        ids = np.array([number for number, _, _ in rows], dtype=np.int64)
        seconds = np.array([int(at.timestamp()) for _, _, at in rows], dtype=np.int64)
        old = self._fresh
        fresh = (np.concatenate([old[0], hashes]), np.concatenate([old[1], ids]), np.concatenate([old[2], seconds]))
        self._last = int(ids[-1])
        if len(fresh[1]) < FRESH:
            self._fresh = fresh
            return
        self._segments, self._fresh = self._with(_Segment.of(*fresh), int(since.timestamp())), _empty()

    def _with(self, new: _Segment, since: int) -> tuple[_Segment, ...]:
        """The segments and a new one: small ones grow together, old ones go, and so do the oldest of too many."""
        kept = [each for each in self._segments if int(each.seconds[-1]) >= since]
        while kept and len(kept[-1].ids) <= len(new.ids) and len(kept[-1].ids) + len(new.ids) <= self._segment:
            last = kept.pop()
            new = _Segment.of(
                np.concatenate([last.hashes, new.hashes]),
                np.concatenate([last.ids, new.ids]),
                np.concatenate([last.seconds, new.seconds]),
            )
        kept.append(new)
        while len(kept) > 1 and sum(len(each.ids) for each in kept) > self._most:
            kept.pop(0)
        return tuple(kept)


def _empty() -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.int64]]:
    return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)


def _read(session: Session, numbers: Sequence[int], since: datetime) -> list[Neighbour]:
    """What the rows say of them now: those that went into a wave meanwhile aren't neighbours any more."""
    table = table_of(FingerprintRow)
    found: list[Neighbour] = []
    for part in slices(numbers):
        query = select(table.c.uri, table.c.author_uri, table.c.simhash).where(
            table.c.id.in_(part), table.c.cluster_id.is_(None), table.c.made_at > since, ~table.c.private
        )
        found += [Neighbour(uri, author, simhash & _MASK) for uri, author, simhash in session.execute(query)]
    return found


def _first() -> Select[int | None]:
    table = table_of(FingerprintRow)
    return select(func.min(table.c.id)).where(table.c.made_at > bindparam("since", type_=Instant))


def _new() -> Select[int, int, datetime]:
    table = table_of(FingerprintRow)
    query = select(table.c.id, table.c.simhash, table.c.made_at).where(table.c.id > bindparam("last"))
    return query.where(~table.c.private).order_by(table.c.id).limit(bindparam("limit"))


_FIRST, _NEW = _first(), _new()
