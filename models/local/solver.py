"""Logistic regression beside an offset, in numpy alone, so that a server's worker can learn without what trains.

Minimises the weighted log-loss of soft labels plus a ridge on the weights, by L-BFGS (J. Nocedal, Mathematics of
Computation 35 (1980)): with a strong ridge and a start at nought it is there in a dozen steps. There are many times as
many weights as rows, and the weights are always a sum of rows (the representer theorem), so steps are reckoned in rows.
"""

from collections import deque
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
    problem = _Problem(rows, offsets, truth, weights, ridge, shift_ridge)
    found = _minimise(problem, np.zeros((2, len(rows) + 1)))
    return rows.back(found[0, :-1]), float(found[0, -1])


@dataclass(frozen=True)
class _Problem:
    """The loss over vectors of weights that are sums of rows, which all are that a ridge and a start at nought lead to.

    A vector is a pair (2, n + 1): by how much each row is in it, then its shift; and its product with each row, then
    its shift again. What is computed with the width of the rows is the product of a slope alone.
    """

    rows: Rows
    offsets: Floats
    truth: Floats
    weights: Floats
    ridge: float
    shift_ridge: float

    @property
    def total(self) -> float:
        """What all rows weigh."""
        return max(float(self.weights.sum()), 1e-12)

    def value(self, at: Floats) -> float:
        """The loss."""
        logits = self._logits(at)
        held = self.ridge * float(at[0, :-1] @ at[1, :-1]) + self.shift_ridge * float(at[0, -1] ** 2)
        loss = float(self.weights @ (np.logaddexp(0.0, logits) - self.truth * logits))
        return (loss + 0.5 * held) / self.total

    def slope(self, at: Floats) -> tuple[Floats, float]:
        """The loss's slope, as a vector, and how steep it is for the weight for which it is steepest."""
        logits = np.clip(self._logits(at), -60, 60)
        errors = self.weights * (1.0 / (1.0 + np.exp(-logits)) - self.truth)
        parts = np.append(errors + self.ridge * at[0, :-1], errors.sum() + self.shift_ridge * at[0, -1]) / self.total
        whole = self.rows.back(parts[:-1])
        steepest = max(float(np.abs(whole).max(initial=0.0)), abs(float(parts[-1])))
        return np.stack((parts, np.append(self.rows.times(whole), parts[-1]))), steepest

    def _logits(self, at: Floats) -> Floats:
        logits: Floats = self.offsets + at[1, :-1] + at[1, -1]
        return logits


def _minimise(problem: _Problem, start: Floats) -> Floats:
    """Where the loss is least, by limited-memory BFGS with backtracking."""
    past: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    at, value = start, problem.value(start)
    slope, steepest = problem.slope(start)
    for _ in range(_STEPS):
        if steepest < _FLAT:
            break
        new, found = _backtrack(problem, at, value, slope, -_curved(slope, past))
        if new is at:
            break
        gained, before = value - found, slope
        if gained < _ENOUGH * abs(found):
            return new
        slope, steepest = problem.slope(new)
        moved, bent = new - at, slope - before
        if _product(moved, bent) > 1e-12:
            past.append((moved, bent, 1.0 / _product(moved, bent)))
        at, value = new, found
    return at


def _product(one: Floats, other: Floats) -> float:
    """Of two vectors of weights."""
    return float(one[0] @ other[1])


def _curved(slope: Floats, past: deque[tuple[Floats, Floats, float]]) -> Floats:
    """The slope times the inverse curvature, as the last steps have shown it (Nocedal's two loops)."""
    way = slope.copy()
    shares = []
    for moved, bent, inverse in reversed(past):
        share = inverse * _product(moved, way)
        shares.append(share)
        way -= share * bent
    if past:
        moved, bent, _ = past[-1]
        way *= _product(moved, bent) / _product(bent, bent)
    for (moved, bent, inverse), share in zip(past, reversed(shares), strict=True):
        way += (share - inverse * _product(bent, way)) * moved
    return way


def _backtrack(problem: _Problem, at: Floats, value: float, slope: Floats, way: Floats) -> tuple[Floats, float]:
    """How far a way leads for the loss to fall enough, and the loss there; where it started if nowhere."""
    down = _product(slope, way)
    step = 1.0
    for _ in range(_HALVINGS):
        new = at + step * way
        found = problem.value(new)
        if found <= value + _DECREASE * step * down:
            return new, found
        step /= 2
    return at, value
