"""Logistic regression beside an offset, in numpy alone, so that a server's worker can learn without what trains.

Minimises the weighted log-loss of soft labels plus a ridge on the weights, by L-BFGS (J. Nocedal, Mathematics of
Computation 35 (1980)): with a strong ridge and a start at nought it is there in a dozen steps.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MEMORY: Final = 8
_STEPS: Final = 60
_FLAT: Final = 1e-5
_ENOUGH: Final = 2e-4
"""Of the loss: a step that gains less than this is the last one. What is left says nothing about texts to come."""
_HALVINGS: Final = 20
_DECREASE: Final = 1e-4


@dataclass(frozen=True)
class Rows:
    """Sparse rows with one value each: row `r` has the columns `indices[indptr[r]:indptr[r + 1]]` out of `width`."""

    indptr: Ints
    indices: Ints
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.values)

    def times(self, weights: Floats) -> Floats:
        """(n,): each row's product with the weights."""
        sums = np.zeros(len(self))
        filled = np.flatnonzero(np.diff(self.indptr))
        if len(filled):
            sums[filled] = np.add.reduceat(weights[self.indices], self.indptr[filled])
        return sums * self.values

    def back(self, errors: Floats) -> Floats:
        """(width,): the rows' sum, each times its error."""
        spread = np.repeat(errors * self.values, np.diff(self.indptr))
        sums: Floats = np.bincount(self.indices, weights=spread, minlength=self.width).astype(np.float64)
        return sums


def take(rows: Rows, chosen: Ints) -> Rows:
    """Some of the rows."""
    lengths = np.diff(rows.indptr)[chosen]
    indptr = np.concatenate(([0], np.cumsum(lengths)))
    places = np.arange(int(indptr[-1])) + np.repeat(rows.indptr[chosen] - indptr[:-1], lengths)
    return Rows(indptr, rows.indices[places], rows.values[chosen], rows.width)


def fit(
    rows: Rows, offsets: Floats, truth: Floats, weights: Floats, ridge: float, shift_ridge: float
) -> tuple[Floats, float]:
    """Weights (width,) and a shift to be added to the offsets, in log-odds; `truth` is from 0 to 1.

    The shift has a ridge of its own: without examples that speak for it, nothing moves.
    """
    held = np.append(np.full(rows.width, ridge), shift_ridge)
    total = max(float(weights.sum()), 1e-12)

    def loss(at: Floats) -> tuple[float, Floats]:
        logits = offsets + rows.times(at[:-1]) + at[-1]
        value = float(weights @ (np.logaddexp(0.0, logits) - truth * logits)) + 0.5 * float(held @ at**2)
        errors = weights * (1.0 / (1.0 + np.exp(-np.clip(logits, -60, 60))) - truth)
        slope = np.append(rows.back(errors), errors.sum()) + held * at
        return value / total, slope / total

    found = _minimise(loss, np.zeros(rows.width + 1))
    return found[:-1], float(found[-1])


def _minimise(loss: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """Where the loss is least, by limited-memory BFGS with backtracking."""
    past: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    at, (value, slope) = start, loss(start)
    for _ in range(_STEPS):
        if float(np.abs(slope).max()) < _FLAT:
            break
        way = -_curved(slope, past)
        step, new, found = _backtrack(loss, at, value, slope, way)
        if step == 0.0:
            break
        moved, bent = new - at, found[1] - slope
        if float(moved @ bent) > 1e-12:
            past.append((moved, bent, 1.0 / float(moved @ bent)))
        gained = value - found[0]
        at, (value, slope) = new, found
        if gained < _ENOUGH * abs(value):
            break
    return at


def _curved(slope: Floats, past: deque[tuple[Floats, Floats, float]]) -> Floats:
    """The slope times the inverse curvature, as the last steps have shown it (Nocedal's two loops)."""
    way = slope.copy()
    shares = []
    for moved, bent, inverse in reversed(past):
        share = inverse * float(moved @ way)
        shares.append(share)
        way -= share * bent
    if past:
        moved, bent, _ = past[-1]
        way *= float(moved @ bent) / float(bent @ bent)
    for (moved, bent, inverse), share in zip(past, reversed(shares), strict=True):
        way += (share - inverse * float(bent @ way)) * moved
    return way


def _backtrack(
    loss: Callable[[Floats], tuple[float, Floats]], at: Floats, value: float, slope: Floats, way: Floats
) -> tuple[float, Floats, tuple[float, Floats]]:
    """How far to go along a way for the loss to fall enough; 0 where it doesn't."""
    down = float(slope @ way)
    step = 1.0
    for _ in range(_HALVINGS):
        new = at + step * way
        found = loss(new)
        if found[0] <= value + _DECREASE * step * down:
            return step, new, found
        step /= 2
    return 0.0, at, (value, slope)
