"""Logistic regression whose weights stay within bounds: how models keep to common sense while they learn."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_TURNS: Final = 2000


def fit(
    design: Floats,
    wanted: Floats,
    base: Floats,
    strength: float,
    low: Floats,
    high: Floats,
    counts: Floats | None = None,
) -> Floats:
    """(k,): the weights that, added to the log-odds `base` (n,), fit `wanted` (n,) from 0 to 1 best, each between its
    `low` and `high`. `strength` pulls them to 0 (ridge); `counts` (n,) is how much each row counts.

    Projected gradient with Nesterov's momentum: the same rows give the same weights.
    """
    shares = np.ones(len(wanted)) if counts is None else counts
    step = 1.0 / (0.25 * np.linalg.norm(design * np.sqrt(shares)[:, None], 2) ** 2 + strength)
    weights = ahead = np.clip(np.zeros(design.shape[1]), low, high)
    for turn in range(_TURNS):
        chances = 1.0 / (1.0 + np.exp(-np.clip(base + design @ ahead, -30.0, 30.0)))
        slope = design.T @ (shares * (chances - wanted)) + strength * ahead
        new = np.clip(ahead - step * slope, low, high)
        ahead = new + (turn / (turn + 3.0)) * (new - weights)
        weights = new
    found: Floats = weights
    return found
