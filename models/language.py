"""Which language a short text is in, with how much confidence; it says nothing where it is unsure.

Naive Bayes over byte n-grams, the longest that matches at each place, with scores tempered by the root of the length
(as py3langid, whose published model the table is distilled from; the whole of it costs 75 MB of memory, this 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

ORDERS: Final = (6, 5, 4, 3, 2)
"""Lengths in bytes of the n-grams, longest first: at each place the longest known one counts."""
LONGEST: Final = 600
"""Characters that are looked at; more would not change the answer."""
SURE: Final = 0.5


@dataclass(frozen=True)
class LanguageTable:
    """Weights, int8, per n-gram and language; `keys` are the n-grams as numbers, length in the top byte, sorted."""

    codes: tuple[str, ...]
    keys: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.int8]
    scale: float
    prior: npt.NDArray[np.float32]


def key_of(gram: bytes) -> int:
    """An n-gram as a number: its length above its bytes."""
    return len(gram) << 56 | int.from_bytes(gram, "big")


class LanguageDetector:
    """Detects the languages of a batch of texts at once."""

    def __init__(self, table: LanguageTable) -> None:
        self._table = table
        self.codes = table.codes

    def probabilities(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """(n, languages) float32: how likely each language is; a row without any known n-gram is uniform."""
        encoded = [prepare(text) for text in texts]
        rows, features = self._features(encoded)
        table = self._table
        size = len(table.keys)
        cells, firsts = _distinct(np.sort(rows * size + features))
        counts = np.diff(firsts, append=len(rows))
        logs = np.log1p(counts).astype(np.float32)
        terms = table.weights[cells % size] * (logs * np.float32(table.scale))[:, None]
        scores = np.zeros((len(texts), len(self.codes)), dtype=np.float32)
        present, first = _distinct(cells // size)
        if len(present):
            scores[present] = np.add.reduceat(terms, first, axis=0) + table.prior
        lengths = np.array([max(len(raw), 1) for raw in encoded], dtype=np.float32)
        scores /= np.sqrt(lengths)[:, None]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        probabilities: npt.NDArray[np.float32] = scores / scores.sum(axis=1, keepdims=True)
        return probabilities

    def _features(self, encoded: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Row and table position of the longest known n-gram that ends at each byte."""
        joined = np.frombuffer(b"\0\0\0\0\0\0".join([b"", *encoded]), dtype=np.uint8).astype(np.uint64)
        row_of = np.repeat(np.arange(len(encoded)), [len(raw) + 6 for raw in encoded])
        keys = self._table.keys
        found = np.full(len(joined), -1, dtype=np.int64)
        grams = joined
        for order in reversed(ORDERS):  # a longer one has a byte more in front, and takes the shorter one's place
            if len(joined) < order:
                break
            grams = grams[1:] | joined[: 1 - order] << np.uint64(8 * order - 8)
            marked = grams | np.uint64(order << 56)
            places = np.minimum(keys.searchsorted(marked), len(keys) - 1)
            np.copyto(found[order - 1 :], places, where=keys[places] == marked)
        places_found = np.flatnonzero(found >= 0)
        return row_of[places_found], found[places_found]


def _distinct(ordered: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The distinct ones of sorted numbers, and where each begins."""
    begins = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=begins[1:])
    firsts = np.flatnonzero(begins)
    return ordered[firsts], firsts


def prepare(text: str) -> bytes:
    """The bytes that are looked at: without shouting, lone surrogates or more than is needed."""
    part = text[:LONGEST]
    return (part.lower() if part.isupper() else part).encode("utf-8", "ignore")
