"""How good scores are against what people said: ranking, precision, calibration, each with an interval. Numpy alone.

Every measure takes a weight for each row, so that a bootstrap is the same code with other weights, and sorts once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.int8]
Truth = npt.NDArray[np.bool_]
Figures = dict[str, Any]

PRECISIONS: Final = (90, 95, 98)
"""Per cent of what is found that must be harmful, where recall is told."""
LEAST_SIDE: Final = 10
"""Harmful and harmless texts from which on intervals are told."""
_Z: Final = 1.96
_BINS: Final = 15
_REPLICATES: Final = 200
_INTERVAL: Final = (2.5, 97.5)
_SEED: Final = 20240611


@dataclass(frozen=True)
class Ranked:
    """Scores from the highest down, with what is true of each and where a run of equal scores begins."""

    scores: Floats
    truth: Floats
    firsts: npt.NDArray[np.int64]
    order: npt.NDArray[np.int64]
    """Which row each was."""

    @classmethod
    def of(cls, scores: Floats, truth: Truth) -> "Ranked":
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        changes = np.flatnonzero(np.diff(ranked)) + 1
        return cls(ranked, truth[order].astype(np.float64), np.concatenate(([0], changes)), order)

    def masses(self, weights: Floats) -> tuple[Floats, Floats]:
        """What weighs, harmful and harmless, at each distinct score from the highest down."""
        harmful = np.add.reduceat(weights * self.truth, self.firsts)
        harmless = np.add.reduceat(weights * (1.0 - self.truth), self.firsts)
        return harmful, harmless


def roc_auc(scores: Floats, truth: Truth, weights: Floats | None = None) -> float:
    """The chance that a harmful text has a higher score than a harmless one; equal scores count half.

    With `weights` (n,) each text counts as often as that.
    """
    ranked = Ranked.of(scores, truth)
    return _auc(*ranked.masses(np.ones(len(scores)) if weights is None else weights[ranked.order]))


def average_precision(scores: Floats, truth: Truth) -> float:
    """Precision, averaged over the recall gained at each distinct score."""
    ranked = Ranked.of(scores, truth)
    return _average_precision(*ranked.masses(np.ones(len(scores))))


def recall_at_precision(scores: Floats, truth: Truth, precision: float) -> float:
    """The largest share of the harmful that one line can find while so many of the found are harmful."""
    ranked = Ranked.of(scores, truth)
    return _recall_at(*ranked.masses(np.ones(len(scores))), precision)


def calibration_error(scores: Floats, truth: Truth) -> float:
    """Expected calibration error over fifteen bins that hold equally many texts."""
    ranked = Ranked.of(scores, truth)
    return _calibration(ranked, np.ones(len(scores)))


def measure(scores: Floats, truth: Truth, *, intervals: bool = False) -> Figures:
    """All measures of one label: `n`, `positive` and, where there are both sides, the rest.

    With `intervals` each has beside it `NAME_interval`, where it lies with 95 % in 200 bootstrap draws of the texts.
    Those of the AUC and of recall reach at least as far as score intervals do, since a bootstrap never draws what isn't
    there. With fewer than `LEAST_SIDE` texts of either side there are none, and `too_few` is true. An interval of the
    calibration error leans upwards, as that measure itself does where texts are few.
    """
    positive = int(truth.sum())
    figures: Figures = {"n": len(truth), "positive": positive}
    if not 0 < positive < len(truth):
        return figures
    ranked = Ranked.of(scores, truth)
    plain = _all(ranked, np.ones(len(truth)))
    few = intervals and min(positive, len(truth) - positive) < LEAST_SIDE
    bounds = _intervals(ranked, plain, positive) if intervals and not few else {}
    for name, value in plain.items():
        figures[name] = round(value, 4)
        if name in bounds:
            figures[f"{name}_interval"] = bounds[name]
    return figures | ({"too_few": True} if few else {})


def _intervals(ranked: Ranked, plain: dict[str, float], positive: int) -> dict[str, list[float]]:
    found = _bootstrap(ranked, list(plain))
    for name, value in plain.items():
        if name == "auc":
            found[name] = _widened(found[name], *auc_interval(value, positive, len(ranked.truth) - positive))
        elif name.startswith("recall"):
            found[name] = _widened(found[name], *_wilson(value, positive))
    return found


def _widened(interval: list[float], low: float, high: float) -> list[float]:
    return [round(min(interval[0], low), 4), round(max(interval[1], high), 4)]


def _wilson(share: float, of: int) -> tuple[float, float]:
    """Of a share of so many, with 95 % (E. B. Wilson 1927)."""
    middle = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z / (1 + _Z**2 / of) * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    return middle - half, middle + half


def auc_interval(auc: float, harmful: int, harmless: int) -> tuple[float, float]:
    """With 95 %, of an area between so many of either side: what would be too far from it by its own variance is out
    (R. Newcombe 2006, method 5, with the variance of Hanley and McNeil)."""

    def is_near(other: float) -> bool:
        half = (harmful + harmless) / 2 - 1
        spread = 1 + half * (1 - other) / (2 - other) + half * other / (1 + other)
        return abs(auc - other) <= _Z * math.sqrt(other * (1 - other) * spread / (harmful * harmless))

    return _edge(is_near, auc, 0.0), _edge(is_near, auc, 1.0)


def _edge(is_near: Callable[[float], bool], near: float, far: float) -> float:
    """Where it ends to be near, by halves."""
    if is_near(far):
        return far
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (middle, far) if is_near(middle) else (near, middle)
    return near


def _all(ranked: Ranked, weights: Floats) -> dict[str, float]:
    harmful, harmless = ranked.masses(weights)
    found = {"auc": _auc(harmful, harmless), "average_precision": _average_precision(harmful, harmless)}
    found |= {f"recall_at_precision_{p}": _recall_at(harmful, harmless, p / 100) for p in PRECISIONS}
    found["brier"] = float(np.average((ranked.scores - ranked.truth) ** 2, weights=weights))
    found["calibration_error"] = _calibration(ranked, weights)
    return found


def _bootstrap(ranked: Ranked, names: list[str]) -> dict[str, list[float]]:
    rng = np.random.default_rng(_SEED)
    size = len(ranked.scores)
    drawn: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(_REPLICATES):
        weights = np.bincount(rng.integers(size, size=size), minlength=size).astype(np.float64)
        if 0 < float(weights @ ranked.truth) < size:
            for name, value in _all(ranked, weights).items():
                drawn[name].append(value)
    return {name: [round(float(x), 4) for x in np.percentile(values, _INTERVAL)] for name, values in drawn.items()}


def _auc(harmful: Floats, harmless: Floats) -> float:
    above = np.cumsum(harmful) - harmful / 2
    return float(above @ harmless / (harmful.sum() * harmless.sum()))


def _average_precision(harmful: Floats, harmless: Floats) -> float:
    precision = np.cumsum(harmful) / np.maximum(np.cumsum(harmful + harmless), 1e-12)
    return float(precision @ harmful / harmful.sum())


def _recall_at(harmful: Floats, harmless: Floats, precision: float) -> float:
    hits = np.cumsum(harmful)
    enough = hits >= precision * np.cumsum(harmful + harmless) - 1e-9
    return float(hits[enough].max() / hits[-1]) if enough.any() else 0.0


def _calibration(ranked: Ranked, weights: Floats) -> float:
    edges = np.unique(np.linspace(0, len(weights), _BINS + 1).astype(np.int64)[:-1])
    gaps = np.add.reduceat(weights * (ranked.scores - ranked.truth), edges)
    return float(np.abs(gaps).sum() / weights.sum())
