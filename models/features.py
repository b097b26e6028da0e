"""Hashed word and character n-grams of normalised text, in numpy alone: the same code trains and serves.

A whole batch is hashed at once. The code points of all its texts stand in one array; prefix sums of a polynomial
give the hash of any slice in constant time, so that every n-gram costs a few vector operations and no Python.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models import lexicon

BITS: Final = 18
DIMENSION: Final = 1 << BITS
CHAR_ORDERS: Final = (2, 3, 4, 5)
MEETING_COPIES: Final = 4
DAMPING: Final = 60
"""Added to the number of a text's features: one strong word alone is less sure than it is among others."""
FORMAT: Final = 2
"""Raised whenever the same text would give other features: an artefact of another format is refused."""

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_SPACE: Final = 32
_BREAK: Final = 10


@dataclass(frozen=True)
class FeatureMatrix:
    """Sparse rows: text `r` has the columns `indices[indptr[r]:indptr[r+1]]`, each with the value `values[r]`.

    Columns of a row are distinct and sorted; the value is one over the root of their number plus `DAMPING`.
    """

    indptr: I64
    indices: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Occurrences:
    """Every n-gram of a batch as it stands there: its column, its text, its slice [start, end) of that text."""

    columns: npt.NDArray[np.int64]
    rows: I64
    starts: I64
    ends: I64


class _Powers:
    """Powers of the base and of its inverse, grown when a longer batch comes."""

    def __init__(self) -> None:
        self.up: U64 = np.ones(1, dtype=np.uint64)
        self.down: U64 = np.ones(1, dtype=np.uint64)

    def of(self, length: int) -> tuple[U64, U64]:
        if len(self.up) < length:
            size = 1 << max(12, length.bit_length())
            self.up = _geometric(_BASE, size)
            self.down = _geometric(_INVERSE, size)
        return self.up[:length], self.down[:length]


def _geometric(base: int, size: int) -> U64:
    steps = np.full(size, base, dtype=np.uint64)
    steps[0] = 1
    return np.multiply.accumulate(steps, dtype=np.uint64)


_powers = _Powers()


def _mix(hashes: U64) -> U64:
    """MurmurHash3's 64-bit finaliser: every input bit reaches the low bits that make the column."""
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    hashes = (hashes ^ (hashes >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return hashes ^ (hashes >> np.uint64(33))


@lru_cache(maxsize=1)
def _kind_table() -> tuple[U64, I64]:
    """Hashes of the lexicon's words, sorted, and their kinds."""
    words = lexicon.kinds()
    batch = _Batch(list(words))
    hashes, starts, _ = batch.unigrams()
    numbers = np.fromiter(words.values(), dtype=np.int64, count=len(words))[batch.row_of[starts]]
    order = np.argsort(hashes)
    return hashes[order], numbers[order]


def _kinds_of(hashes: U64) -> I64:
    known, numbers = _kind_table()
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[places] == hashes, numbers[places], 0)


def _copies(codes: U64, starts: I64, ends: I64) -> Iterator[tuple[U64, I64, I64]]:
    for salt in range(MEETING_COPIES):
        yield (
            _mix(codes * np.uint64(_BASE) + np.uint64((salt + 11) * 0x632BE59BD9B4E019 & 0xFFFFFFFFFFFFFFFF)),
            starts,
            ends,
        )


class _Batch:
    """The code points of a batch, each text between spaces, and the hash of any slice of them."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = " " + " \n ".join(texts) + " "
        points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        up, self._down = _powers.of(len(points) + 1)
        terms = (points.astype(np.uint64) + np.uint64(1)) * up[:-1]
        self._sums: U64 = np.concatenate((np.zeros(1, dtype=np.uint64), np.cumsum(terms, dtype=np.uint64)))
        self._blank = points <= _SPACE
        breaks = points == _BREAK
        self.row_of: I64 = np.cumsum(breaks, dtype=np.int64)
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        self.first: I64 = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths + 3)[:-1])) + 1

    def _hash(self, starts: I64, ends: I64, salt: int) -> U64:
        slices = (self._sums[ends] - self._sums[starts]) * self._down[starts]
        return _mix(slices + np.uint64(salt * 0x632BE59BD9B4E019 & 0xFFFFFFFFFFFFFFFF))

    def words(self) -> tuple[I64, I64]:
        """Starts and ends of the words."""
        edges = np.diff(self._blank.astype(np.int8))
        return np.flatnonzero(edges == -1) + 1, np.flatnonzero(edges == 1) + 1

    def unigrams(self) -> tuple[U64, I64, I64]:
        starts, ends = self.words()
        return self._hash(starts, ends, 1), starts, ends

    def bigrams(self) -> tuple[U64, I64, I64]:
        starts, ends = self.words()
        alike = self.row_of[starts[:-1]] == self.row_of[starts[1:]] if len(starts) else np.zeros(0, dtype=bool)
        keep = np.flatnonzero(alike)
        return self._hash(starts[keep], ends[keep + 1], 2), starts[keep], ends[keep + 1]

    def meetings(self) -> Iterator[tuple[U64, I64, I64]]:
        """Kinds of words that meet: each with the next three of its text, and with the next two at once.

        Each counts as several features, since it says more than an n-gram.
        """
        starts, ends = self.words()
        kinds = _kinds_of(self._hash(starts, ends, 1))
        chosen = np.flatnonzero(kinds)
        kinds, starts, ends = kinds[chosen], starts[chosen], ends[chosen]
        rows = self.row_of[starts]
        codes = kinds.astype(np.uint64)
        for step in (1, 2, 3):
            keep = np.flatnonzero(rows[:-step] == rows[step:])
            pair = codes[keep] * np.uint64(64) + codes[keep + step] + np.uint64(4096)
            yield from _copies(pair, starts[keep], ends[keep + step])
        keep = np.flatnonzero(rows[:-2] == rows[2:])
        triple = (
            (codes[keep] * np.uint64(64) + codes[keep + 1]) * np.uint64(64) + codes[keep + 2] + np.uint64(1 << 20)
        )
        yield from _copies(triple, starts[keep], ends[keep + 2])

    def all(self) -> list[tuple[U64, I64, I64]]:
        """Every feature of the batch: its hash, its start, its end."""
        characters = [self.characters(order) for order in CHAR_ORDERS]
        return [self.unigrams(), self.bigrams(), *self.meetings(), *characters]

    def characters(self, order: int) -> tuple[U64, I64, I64]:
        """n-grams within a word and the space on either side of it."""
        starts = np.arange(len(self._blank) - order + 1, dtype=np.int64)
        ends = starts + order
        blanks = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(self._blank, dtype=np.int64)))
        inner = blanks[ends - 1] - blanks[starts + 1]
        keep = (inner == 0) & (blanks[ends] - blanks[starts] < order)
        keep &= ~((order == 2) & self._blank[starts] & self._blank[ends - 1])
        starts, ends = starts[keep], ends[keep]
        return self._hash(starts, ends, 2 + order), starts, ends


def occurrences(texts: Sequence[str]) -> Occurrences:
    """Every n-gram of normalised texts with its place; places count characters of the text it is in."""
    batch = _Batch(texts)
    hashes, starts, ends = (np.concatenate(part) for part in zip(*batch.all(), strict=True))
    rows = batch.row_of[np.minimum(starts + 1, len(batch.row_of) - 1)]
    columns = (hashes & np.uint64(DIMENSION - 1)).astype(np.int64)
    return Occurrences(columns, rows, starts - batch.first[rows], ends - batch.first[rows])


def featurise(texts: Sequence[str]) -> FeatureMatrix:
    """Features of normalised texts, one row each; the same row whatever batch the text is in."""
    if not texts:
        return FeatureMatrix(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    batch = _Batch(texts)
    keys = np.concatenate([_keys(hashes, batch.row_of, starts) for hashes, starts, _ in batch.all()])
    keys.sort()
    keys = keys[np.concatenate((np.ones(1, dtype=bool), keys[1:] != keys[:-1]))] if len(keys) else keys
    counts = np.bincount(keys >> BITS, minlength=len(texts))
    values = (1.0 / np.sqrt(counts + DAMPING)).astype(np.float32)
    indptr = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))
    return FeatureMatrix(indptr, (keys & (DIMENSION - 1)).astype(np.int32), values)


def _keys(hashes: U64, row_of: I64, starts: I64) -> I64:
    """Row and column in one number; a slice that begins with the space before a text belongs to that text."""
    rows = row_of[np.minimum(starts + 1, len(row_of) - 1)]
    columns = (hashes & np.uint64(DIMENSION - 1)).astype(np.int64)
    combined: I64 = (rows << BITS) | columns
    return combined
