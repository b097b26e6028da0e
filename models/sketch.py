"""Sketches of texts: what they are about, in 256 small numbers, by which texts that say something alike are found.

A word's share is its rarity; each word and its beginning add a direction of their own that is drawn from their hash
(signed random projection), so that the cosine of two sketches is near that of their words, within about 0.06.
"""

import math
import zlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from models.normalise import normalise
from models.vocabulary import vocabulary

WIDTH: Final = 256
FORMAT: Final = 1
MOST_WORDS: Final = 400
_STEM: Final = 5
_LANES: Final = np.arange(WIDTH // 64, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
Sketches = npt.NDArray[np.int8]


def sketch(texts: Sequence[str]) -> Sketches:
    """(n, WIDTH): a sketch of each text; zeros for one without words."""
    return np.array([_sketch(words_of(normalise(text).text)) for text in texts], dtype=np.int8).reshape(-1, WIDTH)


def similarities(one: Sketches, others: Sketches) -> npt.NDArray[np.float32]:
    """(n,): cosines of a sketch (WIDTH,) with others (n, WIDTH); 0 where either is empty."""
    left, right = one.astype(np.float32), others.astype(np.float32)
    lengths = np.sqrt((right * right).sum(axis=1)) * max(float(np.sqrt((left * left).sum())), 1e-9)
    found: npt.NDArray[np.float32] = (right @ left) / np.maximum(lengths, 1e-9)
    return found


def words_of(normalised: str) -> dict[str, float]:
    """Words and beginnings of a normalised text, each with its share: rare words have more, repetition adds little."""
    counts: dict[str, int] = {}
    for word in normalised.split()[:MOST_WORDS]:
        if word[0].isalnum() and not (len(word) == 1 and word.isascii()):
            counts[word] = counts.get(word, 0) + 1
    ranks = vocabulary().ranks
    found: dict[str, float] = {}
    for word, count in counts.items():
        share = _rarity(word, ranks) * (1.0 + math.log(count))
        found[word] = found.get(word, 0.0) + share
        if len(word) > _STEM:
            beginning = word[:_STEM] + "-"
            found[beginning] = found.get(beginning, 0.0) + 0.7 * share
    return found


def _rarity(word: str, ranks: Mapping[str, int]) -> float:
    """From nearly nothing for the commonest words to 1."""
    rank = ranks.get(word)
    return 1.0 if rank is None else min(1.0, max(0.02, (math.log(rank + 1.0) - 3.0) / 6.0))


def _sketch(words: Mapping[str, float]) -> npt.NDArray[np.int8]:
    if not words:
        return np.zeros(WIDTH, dtype=np.int8)
    shares = np.fromiter(words.values(), dtype=np.float32, count=len(words))
    sums = shares @ np.stack([_direction(word) for word in words])
    most = float(np.abs(sums).max())
    found: npt.NDArray[np.int8] = np.round(sums * (127.0 / most)).astype(np.int8) if most else sums.astype(np.int8)
    return found


@lru_cache(maxsize=4096)
def _direction(word: str) -> npt.NDArray[np.float32]:
    """(WIDTH,): ones and minus ones that are a word's own."""
    data = word.encode("utf-8", "surrogatepass")
    seed = np.uint64(zlib.crc32(data) | zlib.crc32(data, 0x5BD1E995) << 32)
    lanes = seed + _LANES
    lanes = (lanes ^ (lanes >> np.uint64(30))) * _MIX[0]
    lanes = (lanes ^ (lanes >> np.uint64(27))) * _MIX[1]
    bits = np.unpackbits((lanes ^ (lanes >> np.uint64(31))).astype("<u8").view(np.uint8))
    return bits.astype(np.float32) * 2.0 - 1.0
