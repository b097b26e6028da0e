"""PDQ, a perceptual hash of pictures: 256 bits that hardly change when a picture is scaled, compressed or tinted.

After its published description: D. Davis, "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing Algorithm",
Facebook 2019. The picture's brightness is smoothed, sampled at 64 by 64 points, and transformed (DCT); each of the 16
by 16 lowest frequencies is one bit: whether it is above the median of them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

BITS: Final = 256
FARTHEST: Final = 31
"""Bits of difference up to which the description calls two pictures the same."""
GOOD: Final = 50
"""The least quality (0 to 100) of a hash that says something: a plain surface is near to any other."""
SMALLEST_SIDE: Final = 5
SAMPLED: Final = 64
KEPT: Final = 16


@dataclass(frozen=True, slots=True)
class PictureHash:
    """`bits`: 64 hexadecimal digits, the highest bit first; `quality`: from 0 to 100, how much there is to see."""

    bits: str
    quality: int


def compute(grey: NDArray[np.uint8]) -> PictureHash:
    """The hash of a picture's brightness, (height, width). One with a side under 5 pixels has quality 0."""
    return compute_turned(grey)[0]


def compute_turned(grey: NDArray[np.uint8]) -> list[PictureHash]:
    """The hash, then those of the same picture mirrored and turned by quarters: eight in all.

    Mirroring changes the signs of every other frequency, turning also their order: the transform is made once.
    """
    if grey.ndim != 2 or min(grey.shape) < SMALLEST_SIDE:
        return [PictureHash("0" * 64, 0)]
    sampled = _sampled(grey.astype(np.float64))
    quality, upright = _quality(sampled), _transformed(sampled)
    signs = np.where(np.arange(KEPT) % 2 == 0, -1.0, 1.0)  # the first frequency that is kept is odd, the next even
    across, down = signs[None, :], signs[:, None]
    mirrored = (upright, upright * across, upright * down, upright * across * down)
    return [PictureHash(_hex(_bits(each)), quality) for each in (*mirrored, *(each.T for each in mirrored))]


def words(bits: list[str]) -> NDArray[np.uint64]:
    """Hashes as (n, 4) words."""
    whole = np.frombuffer(bytes.fromhex("".join(bits)), dtype=">u8").reshape(-1, 4)
    return whole.astype(np.uint64)


def distance(one: str, other: str) -> int:
    """How many bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def _sampled(luma: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smoothing and sampling are linear, and know rows apart from columns: one matrix each."""
    rows, columns = luma.shape
    found: NDArray[np.float64] = _sampler(rows, _window(rows)) @ luma @ _sampler(columns, _window(columns)).T
    return found


def _window(length: int) -> int:
    return (length + 2 * SAMPLED - 1) // (2 * SAMPLED)


@lru_cache(maxsize=256)
def _sampler(length: int, window: int) -> NDArray[np.float64]:
    """(64, length): means of `window` neighbours, twice over, at 64 points; at the edges, of those that there are."""
    at = np.arange(length)
    after = (window + 2) // 2
    first, end = np.maximum(at - (window - after), 0), np.minimum(at + after, length)
    inside = (at[None, :] >= first[:, None]) & (at[None, :] < end[:, None])
    smooth = inside / inside.sum(axis=1, keepdims=True)
    points = ((np.arange(SAMPLED) + 0.5) * length / SAMPLED).astype(int)
    found: NDArray[np.float64] = smooth[points] @ smooth
    return found


def _transformed(sampled: NDArray[np.float64]) -> NDArray[np.float64]:
    cosines = _cosines()
    found: NDArray[np.float64] = cosines @ sampled @ cosines.T
    return found


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float64]:
    frequency, place = np.arange(1, KEPT + 1)[:, None], 2 * np.arange(SAMPLED)[None, :] + 1
    found: NDArray[np.float64] = np.sqrt(2 / SAMPLED) * np.cos(np.pi / 2 / SAMPLED * frequency * place)
    return found


def _bits(transformed: NDArray[np.float64]) -> NDArray[np.uint8]:
    median = np.partition(transformed, BITS // 2 - 1, axis=None)[BITS // 2 - 1]
    found: NDArray[np.uint8] = (transformed > median).astype(np.uint8)
    return found


def _hex(grid: NDArray[np.uint8]) -> str:
    """Bit 0 is the lowest frequency, and the last digit's lowest bit."""
    return np.packbits(grid.reshape(-1)[::-1]).tobytes().hex()


def _quality(sampled: NDArray[np.float64]) -> int:
    """How much brightness changes from sample to sample."""
    steps = (np.diff(sampled, axis=axis) * 100 / 255 for axis in (0, 1))
    return min(100, int(sum(float(np.abs(each.astype(int)).sum()) for each in steps) / 90))
