"""64-bit SimHash over overlapping stretches of normalised text (Charikar 2002), many texts at once.

The normalisation here is light and fixed, unlike the text model's: fingerprints are stored, and must mean the same
next month.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHINGLE: Final = 5
LONGEST: Final = 2000
_URL: Final = re.compile(r"https?://([^\s/<>\"]{1,253})[^\s<>\"]*", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<![\w/])@[\w.-]+(?:@[\w.:-]+)?")
_DIGITS: Final = re.compile(r"\d+")
_APART: Final = re.compile(r"[\W_]+")
_MIX: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A SimHash (unsigned), and how many characters it was taken from."""

    simhash: int
    characters: int

    @property
    def signed(self) -> int:
        """As databases count."""
        return self.simhash - (1 << 64) if self.simhash >> 63 else self.simhash

    @property
    def bands(self) -> tuple[int, int, int, int]:
        """Four stretches of 16 bits; alike hashes nearly always share one."""
        value = self.simhash
        return value & 0xFFFF, value >> 16 & 0xFFFF, value >> 32 & 0xFFFF, value >> 48


def plain(text: str) -> str:
    """What is compared: lower case, no mentions, hosts for links, 0 for numbers, words with one space between."""
    text = _URL.sub(r" \1 ", text[: 3 * LONGEST])
    text = _MENTION.sub(" ", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Mn", "Me"))
    return _APART.sub(" ", _DIGITS.sub("0", text.lower())).strip()[:LONGEST]


def fingerprints(texts: Sequence[str]) -> list[Fingerprint]:
    """A fingerprint of each text; zero where nothing is left to compare."""
    found: list[Fingerprint] = []
    for start in range(0, len(texts), _AT_ONCE):
        plains = [plain(text) for text in texts[start : start + _AT_ONCE]]
        hashes = _simhashes(plains)
        found += [Fingerprint(value, len(text)) for value, text in zip(hashes, plains, strict=True)]
    return found


def _simhashes(plains: Sequence[str]) -> list[int]:
    padded = [text.ljust(SHINGLE) for text in plains]
    points = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), dtype=np.uint32)
    grams = _grams(points)
    bits = np.unpackbits(grams.astype("<u8").view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    weights = bits.astype(np.float32)
    ones = np.ones(max(len(text) for text in padded), dtype=np.float32)
    majorities = np.zeros((len(plains), 64), dtype=np.uint8)
    start = 0
    for row, text in enumerate(padded):
        count = len(text) - SHINGLE + 1  # what follows would reach into the next text
        majorities[row] = 2 * (ones[:count] @ weights[start : start + count]) > count
        start += len(text)
    whole = np.packbits(majorities, axis=1, bitorder="little").view("<u8").reshape(-1)
    return [int(value) if text else 0 for value, text in zip(whole, plains, strict=True)]


def _grams(points: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """A 64-bit hash of each stretch of SHINGLE characters."""
    wide = points.astype(np.uint64)
    count = len(wide) - SHINGLE + 1
    mixed = np.zeros(count, dtype=np.uint64)
    for offset in range(SHINGLE):
        mixed = (mixed ^ wide[offset : offset + count]) * _BASE
        mixed ^= mixed >> np.uint64(29)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[0]
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[1]
    return mixed ^ (mixed >> np.uint64(31))


def distances(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """How many bits each pair differs in: (len(left), len(right))."""
    found: NDArray[np.uint8] = np.bitwise_count(left[:, None] ^ right[None, :])
    return found
