"""Weights in eight bits: one scale for each column, whole numbers from -63 to 63.

Seven of the eight bits are used, so that a processor which adds pairs of products in sixteen bits (x86 before VNNI)
never overflows, and every processor gives the same sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

MOST: Final = 63
_ROW_MOST: Final = 127

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Quantised:
    """`values * scales` is what it stands for; `scales` has one number for each column, or each row of a table."""

    values: npt.NDArray[np.int8]
    scales: Floats


def columns(weights: Floats) -> Quantised:
    """A matrix (inputs, outputs), column by column."""
    return _rounded(weights, 0, MOST)


def rows(table: Floats) -> Quantised:
    """A table of embeddings, row by row: it is looked up and never multiplied, so all eight bits are used."""
    return _rounded(table, 1, _ROW_MOST)


def _rounded(weights: Floats, axis: int, most: int) -> Quantised:
    largest: Any = np.abs(weights).max(axis=axis, keepdims=True)
    scales = np.where(largest > 0, largest / np.float32(most), np.float32(1)).astype(np.float32)
    return Quantised(np.rint(weights / scales).astype(np.int8), scales.reshape(-1))
