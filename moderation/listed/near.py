"""An index of picture hashes: which are within so many bits of one, without comparing it with all.

A hash is cut into 16 bands of 16 bits. Of two hashes that differ by at most 31 bits, one band differs by at most one:
so of each band only 17 values are looked up, and what is found there is compared whole (M. Norouzi, A. Punjani, D. J.
Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", CVPR 2012).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from moderation.listed import pdq

BANDS: Final = 16
_VALUES: Final = 1 << 16
_PROBES: Final = np.array([0, *(1 << bit for bit in range(16))], dtype=np.uint16)


@dataclass(frozen=True, slots=True)
class Near:
    """A hash of the index near one that was asked for. `turn`: which of those asked for, from 0."""

    id: int
    distance: int
    turn: int


class NearIndex:
    """Hashes by id. Built at once, never changed: `ids` (n) and `bits` (n of 64 hexadecimal digits)."""

    def __init__(self, ids: Sequence[int], bits: Sequence[str]) -> None:
        self._ids = np.array(ids, dtype=np.int64)
        self._words = pdq.words(list(bits)) if bits else np.zeros((0, 4), dtype=np.uint64)
        if not ids:
            return  # a house without lists keeps no eight megabytes of zeros
        bands = _bands(self._words)
        self._order = np.argsort(bands, axis=0, kind="stable").astype(np.int32).T.reshape(-1)
        self._starts = np.zeros((BANDS, _VALUES + 1), dtype=np.int64)
        for band in range(BANDS):
            counts = np.bincount(bands[:, band], minlength=_VALUES)
            self._starts[band, 1:] = np.cumsum(counts)
            self._starts[band] += band * len(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, asked: Sequence[str], distance: int) -> list[Near]:
        """Every hash within `distance` bits (at most 31) of any of those asked for, each once, the nearest first."""
        if not asked or not len(self):
            return []
        words = pdq.words(list(asked))
        rows, turns = self._candidates(_bands(words))
        far = np.bitwise_count(self._words[rows] ^ words[turns]).sum(axis=1)
        close = np.flatnonzero(far <= min(distance, pdq.FARTHEST))
        found: dict[int, Near] = {}
        for at in close[np.argsort(far[close], kind="stable")]:
            number = int(self._ids[rows[at]])
            found.setdefault(number, Near(number, int(far[at]), int(turns[at])))
        return list(found.values())

    def _candidates(self, bands: NDArray[np.uint16]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """The rows that share nearly a band with one of those asked for, and with which."""
        probes = (bands[:, :, None] ^ _PROBES).astype(np.int64)
        band = np.arange(BANDS)[None, :, None]
        starts = self._starts[band, probes].reshape(-1)
        counts = self._starts[band, probes + 1].reshape(-1) - starts
        turns = np.repeat(np.arange(len(bands)), BANDS * len(_PROBES))
        hit = np.flatnonzero(counts)
        starts, counts, turns = starts[hit], counts[hit], turns[hit]
        before = np.cumsum(counts) - counts
        at = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
        return self._order[at], np.repeat(turns, counts)


def _bands(words: NDArray[np.uint64]) -> NDArray[np.uint16]:
    return np.ascontiguousarray(words).view(np.uint16).reshape(-1, BANDS)
