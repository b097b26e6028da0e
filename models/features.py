"""Hashed word and character n-grams of normalised text, in numpy alone: the same code trains and serves.

A whole batch is hashed at once. The code points of all its texts stand in one array; prefix sums of a polynomial
give the hash of any slice in constant time, so that every n-gram costs a few vector operations and no Python.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models import lexicon

BITS: Final = 18
DIMENSION: Final = 1 << BITS
CHAR_ORDERS: Final = (3, 4, 5)
_CHAR_ORDERS_2: Final = (2, 3, 4, 5)
KINDS_FIRST: Final = DIMENSION - (1 << 15)
"""The columns from here on are those of kinds of words: first one for each kind, then those of kinds that meet."""
MEETINGS_FIRST: Final = KINDS_FIRST + 64
DAMPING: Final = 60
"""Added to the number of a text's features: one strong word alone is less sure than it is among others."""
FORMAT: Final = 5
"""Raised whenever the same text would give other features; artefacts are written in this one."""
READABLE: Final = (2, 3, 4, 5)
"""Formats whose features can still be made, so that there is a version to go back to; any other is refused."""

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
Found = tuple[U64, I64, I64]
"""Hashes, starts and ends of slices of a batch."""
Columns = tuple[I64, I64, I64]
"""Columns, starts and ends of slices of a batch."""

_BASE: Final = 0x9E3779B97F4A7C15 | 1
_INVERSE: Final = pow(_BASE, -1, 1 << 64)
_SALT: Final = 0x632BE59BD9B4E019
_ALL_BITS: Final = 0xFFFFFFFFFFFFFFFF
_MEETING_SALTS: Final[U64] = np.array([salt * _SALT & _ALL_BITS for salt in (11, 12, 13, 14)], dtype=np.uint64)
"""One for each of the features that a meeting counted as in format 2."""
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


def scales() -> npt.NDArray[np.float32]:
    """(DIMENSION,): what a column counts for when a model is fitted: kinds of words say more than an n-gram does."""
    found = np.ones(DIMENSION, dtype=np.float32)
    found[KINDS_FIRST:MEETINGS_FIRST] = 3.5
    found[MEETINGS_FIRST:] = 2.0
    return found


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


@lru_cache(maxsize=2)
def _kind_table(form: int) -> tuple[U64, I64]:
    """Hashes of the lexicon's words, sorted, and their kinds."""
    words = lexicon.kinds(more=form > 2)
    batch = _Batch(list(words))
    hashes, starts, _ = batch.word_hashes()
    numbers = np.fromiter(words.values(), dtype=np.int64, count=len(words))[batch.row_of[starts]]
    order = np.argsort(hashes)
    return hashes[order], numbers[order]


def _column(hashes: U64) -> I64:
    columns: I64 = (hashes & np.uint64(DIMENSION - 1)).astype(np.int64)
    return columns


def _kinds_of(hashes: U64, form: int) -> I64:
    known, numbers = _kind_table(form)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[places] == hashes, numbers[places], 0)


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

    def _slices(self, starts: I64, ends: I64, salt: int) -> U64:
        """A number for each slice, the same wherever it stands; still to be mixed."""
        slices: U64 = (self._sums[ends] - self._sums[starts]) * self._down[starts]
        return slices + np.uint64(salt * _SALT & _ALL_BITS)

    def words(self) -> tuple[I64, I64]:
        """Starts and ends of the words."""
        edges = np.diff(self._blank.astype(np.int8))
        return np.flatnonzero(edges == -1) + 1, np.flatnonzero(edges == 1) + 1

    def word_hashes(self) -> tuple[U64, I64, I64]:
        """Every word: its mixed hash, its start, its end."""
        starts, ends = self.words()
        return _mix(self._slices(starts, ends, 1)), starts, ends

    def _bigrams(self, starts: I64, ends: I64) -> Found:
        keep = np.flatnonzero(self.row_of[starts[:-1]] == self.row_of[starts[1:]])
        return self._slices(starts[keep], ends[keep + 1], 2), starts[keep], ends[keep + 1]

    def _meetings(self, starts: I64, ends: I64, kinds: I64) -> Found:
        """Kinds of words that meet: each with the next three of its text, and with the next two at once."""
        rows = self.row_of[starts]
        kind = kinds.astype(np.uint64)
        codes, firsts, lasts = [], [], []
        for step in (1, 2, 3):
            keep = np.flatnonzero(rows[:-step] == rows[step:])
            codes.append(kind[keep] * np.uint64(64) + kind[keep + step] + np.uint64(1 << 12))
            firsts.append(starts[keep])
            lasts.append(ends[keep + step])
        keep = np.flatnonzero(rows[:-2] == rows[2:])
        pairs = kind[keep] * np.uint64(64) + kind[keep + 1]
        codes.append(pairs * np.uint64(64) + kind[keep + 2] + np.uint64(1 << 20))
        firsts.append(starts[keep])
        lasts.append(ends[keep + 2])
        hashes: U64 = np.concatenate(codes) * np.uint64(_BASE)
        return hashes, np.concatenate(firsts), np.concatenate(lasts)

    def _characters(self, order: int, blanks: I64) -> Found:
        """n-grams within a word and the space on either side of it; `blanks[i]` counts the blanks before i."""
        last = max(len(self._blank) - order + 1, 0)
        inner = blanks[order - 1 : order - 1 + last] - blanks[1 : 1 + last]
        keep = (inner == 0) & (blanks[order : order + last] - blanks[:last] < order)
        starts = np.flatnonzero(keep)
        return self._slices(starts, starts + order, 2 + order), starts, starts + order

    def all(self, form: int) -> Columns:
        """Every feature of the batch: its column, its start, its end."""
        words, starts, ends = self.word_hashes()
        kinds = _kinds_of(words, form)
        chosen = np.flatnonzero(kinds)
        firsts, lasts, kinds = starts[chosen], ends[chosen], kinds[chosen]
        meetings = self._meetings(firsts, lasts, kinds)
        if form == 2:
            return self._columns_2(words, starts, ends, meetings)
        columns, starts, ends = self._ngrams(words, starts, ends, CHAR_ORDERS)
        columns = np.where(columns < KINDS_FIRST, columns, columns - DIMENSION // 2)
        span = np.uint64(DIMENSION - MEETINGS_FIRST)
        met = MEETINGS_FIRST + (_mix(meetings[0]) % span).astype(np.int64)
        return (
            np.concatenate((columns, KINDS_FIRST + kinds, met)),
            np.concatenate((starts, firsts, meetings[1])),
            np.concatenate((ends, lasts, meetings[2])),
        )

    def _columns_2(self, words: U64, starts: I64, ends: I64, meetings: Found) -> Columns:
        """As in format 2: a meeting counts as several features, and any feature may have any column."""
        times = len(_MEETING_SALTS)
        salted = _mix((meetings[0][None, :] + _MEETING_SALTS[:, None]).ravel())
        columns, starts, ends = self._ngrams(words, starts, ends, _CHAR_ORDERS_2)
        return (
            np.concatenate((columns, _column(salted))),
            np.concatenate((starts, np.tile(meetings[1], times))),
            np.concatenate((ends, np.tile(meetings[2], times))),
        )

    def _ngrams(self, words: U64, starts: I64, ends: I64, orders: Sequence[int]) -> Columns:
        """Words, pairs and pieces of words."""
        blanks = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(self._blank, dtype=np.int64)))
        found = [self._bigrams(starts, ends), *(self._characters(order, blanks) for order in orders)]
        hashes = np.concatenate((words, _mix(np.concatenate([part[0] for part in found]))))
        starts = np.concatenate((starts, *(part[1] for part in found)))
        return _column(hashes), starts, np.concatenate((ends, *(part[2] for part in found)))

    def rows(self, starts: I64) -> I64:
        """The text of each slice; one that begins with the space before a text belongs to that text."""
        return self.row_of[np.minimum(starts + 1, len(self.row_of) - 1)]


def occurrences(texts: Sequence[str], form: int = FORMAT) -> Occurrences:
    """Every n-gram of normalised texts with its place; places count characters of the text it is in."""
    batch = _Batch(texts)
    columns, starts, ends = batch.all(form)
    rows = batch.rows(starts)
    return Occurrences(columns, rows, starts - batch.first[rows], ends - batch.first[rows])


def featurise(texts: Sequence[str], form: int = FORMAT) -> FeatureMatrix:
    """Features of normalised texts, one row each; the same row whatever batch the text is in."""
    if not texts:
        return FeatureMatrix(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32))
    batch = _Batch(texts)
    columns, starts, _ = batch.all(form)
    keys: I64 = (batch.rows(starts) << BITS) | columns
    keys.sort()
    keys = keys[np.concatenate((np.ones(1, dtype=bool), keys[1:] != keys[:-1]))] if len(keys) else keys
    counts = np.bincount(keys >> BITS, minlength=len(texts))
    values = (1.0 / np.sqrt(counts + DAMPING)).astype(np.float32)
    indptr = np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)))
    return FeatureMatrix(indptr, (keys & (DIMENSION - 1)).astype(np.int32), values)
