"""From log-odds to probabilities that mean what they say, and the lines drawn on them."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import beta
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from models.artefact import Lines

HOLD_ONE_IN: Final = 2000
LABEL_ONE_IN: Final = 200
_CONFIDENCE: Final = 0.9
_KNOTS: Final = 24
_FAR: Final = 60.0
_TRUST: Final = 0.8
"""How much of the free-form curve is taken; the rest is the straight one, which keeps every score distinct."""
_EDGE: Final = 2e-4

Curve = tuple[tuple[float, ...], tuple[float, ...]]
Floats = npt.NDArray[np.float64]


def curve(scores: Floats, labels: npt.NDArray[np.int8]) -> Curve:
    """A strictly rising curve in log-odds from scores of unseen rows to what they turned out to mean."""
    straight = LogisticRegression(C=1e6).fit(scores[:, None], labels)
    slope, shift = max(float(straight.coef_[0, 0]), 0.05), float(straight.intercept_[0])
    isotonic = IsotonicRegression(y_min=_EDGE, y_max=1 - _EDGE, out_of_bounds="clip").fit(scores, labels)
    given = np.unique(np.quantile(scores, np.linspace(0.002, 0.998, _KNOTS)))
    width = np.gradient(given) if len(given) > 1 else np.ones(1)
    free = np.mean([isotonic.predict(given + step * width) for step in (-0.5, -0.25, 0.0, 0.25, 0.5)], axis=0)
    meant = _TRUST * np.log(free / (1 - free)) + (1 - _TRUST) * (slope * given + shift)
    meant = np.maximum.accumulate(meant + 1e-6 * np.arange(len(meant)))
    low, high = given[0] - _FAR, given[-1] + _FAR
    ends = (meant[0] - slope * _FAR, meant[-1] + slope * _FAR)
    return (
        tuple(round(float(x), 6) for x in (low, *given, high)),
        tuple(round(float(x), 6) for x in (ends[0], *meant, ends[1])),
    )


def apply(curves: Sequence[Curve], scores: Floats) -> Floats:
    """(n, labels): probabilities of log-odds."""
    meant = [np.interp(scores[:, i], *axes) for i, axes in enumerate(curves)]
    probabilities: Floats = 1.0 / (1.0 + np.exp(-np.stack(meant, axis=1)))
    return probabilities


def allowed(harmless: int, one_in: int) -> int:
    """How many of so many harmless texts may lie above a line for the true rate to be under 1 in `one_in`.

    With 90 % confidence, by the exact (Clopper-Pearson) bound; -1 where there are too few texts to say.
    """
    count = -1
    while count + 1 < harmless and beta.ppf(_CONFIDENCE, count + 2, harmless - count - 1) <= 1 / one_in:
        count += 1
    return count


def draw(harmless: Floats, sharing: int = 1) -> Lines:
    """Both lines of a label, from the scores of unseen harmless texts.

    `sharing` labels have one budget between them: together they hold no more than 1 in `HOLD_ONE_IN`.
    """
    ranked = np.sort(harmless)[::-1]
    hold, exceeded = _line(ranked, HOLD_ONE_IN, sharing)
    label, _ = _line(ranked, LABEL_ONE_IN, 1)
    return Lines(hold, min(label, hold), HOLD_ONE_IN * sharing, LABEL_ONE_IN, len(ranked), exceeded)


def _line(ranked: Floats, one_in: int, sharing: int) -> tuple[float, int]:
    count = allowed(len(ranked), one_in) // sharing
    if count < 0:
        top = float(ranked[0]) if len(ranked) else 0.5
        return _round_up((1 + top) / 2), 0
    line = _round_up(float(ranked[count]))
    return line, int((ranked > line).sum())


def _round_up(value: float) -> float:
    return min(math.ceil(value * 1e6) / 1e6, 0.999999)
