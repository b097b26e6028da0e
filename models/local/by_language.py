"""Calibration by language: what the shared curve of a label gets wrong in one language, learnt where there is enough.

In a language that the shipped version was trained for, a curve of its own starts from the shared one and is held back
towards it. In any other the shipped version abstains; a server that decided often enough in it has its own version
judge there, label by label, once decisions that it hadn't learnt from are told apart well enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.labels import LABELS
from models.local.solver import Floats
from models.measures import roc_auc

LEAST: Final = 50
LEAST_OF_A_SIDE: Final = 10
"""Examples of a label in a language, and of either side of them, from which it has a curve of its own."""
LEAST_OF_A_NEW: Final = 200
LEAST_OF_A_SIDE_OF_A_NEW: Final = 30
LEAST_AUC_OF_A_NEW: Final = 0.75
"""The same for a language that the shipped version doesn't judge."""
_SLOPE_HELD, _SHIFT_HELD = 40.0, 10.0
"""How many examples' worth of doubt there is about another slope, or another shift, than none."""
_LEAST_SLOPE: Final = 0.1

Curve = tuple[float, float]
"""A slope and a shift, from corrected log-odds to what they turned out to mean."""
SAME: Final[Curve] = (1.0, 0.0)


@dataclass(frozen=True)
class Spoken:
    """The language that a text was taken for, None where that's unsure, and whether the shipped version judges it."""

    code: str | None
    trained: bool


def fit(spoken: Sequence[Spoken], logits: Floats, truth: Floats, weights: Floats) -> tuple[Curve, dict[str, Curve]]:
    """The shared curve of a label, and those of languages that have one of their own.

    `logits` are corrected log-odds of rows whose own part had not been learnt; the shared curve is learnt from
    languages that the shipped version judges, so that nothing else moves it.
    """
    trained = np.array([each.trained for each in spoken], dtype=bool)
    shared = straight(logits[trained], truth[trained], weights[trained]) if trained.any() else SAME
    found: dict[str, Curve] = {}
    for code in sorted({each.code for each in spoken if each.code is not None}):
        mine = np.array([each.code == code for each in spoken], dtype=bool)
        new = not trained[mine].any()
        if not _enough(logits[mine], truth[mine], new=new):
            continue
        before = SAME if new else shared
        slope, shift = straight(before[0] * logits[mine] + before[1], truth[mine], weights[mine])
        found[code] = (slope * before[0], slope * before[1] + shift)
    return shared, found


def _enough(logits: Floats, truth: Floats, *, new: bool) -> bool:
    harmful = truth >= 0.5
    side = min(int(harmful.sum()), int((~harmful).sum()))
    if not new:
        return len(truth) >= LEAST and side >= LEAST_OF_A_SIDE
    return (
        len(truth) >= LEAST_OF_A_NEW
        and side >= LEAST_OF_A_SIDE_OF_A_NEW
        and roc_auc(logits, harmful) >= LEAST_AUC_OF_A_NEW
    )


def straight(logits: Floats, truth: Floats, weights: Floats) -> Curve:
    """Slope and shift that make log-odds mean what they say (J. Platt 1999), held back towards 1 and 0."""
    slope, shift = 1.0, 0.0
    for _ in range(50):
        meant = sigmoid(slope * logits + shift)
        error, curve = weights * (meant - truth), weights * np.maximum(meant * (1 - meant), 1e-9)
        pull = np.array([float(error @ logits) + _SLOPE_HELD * (slope - 1), float(error.sum()) + _SHIFT_HELD * shift])
        bend = np.array(
            [
                [float(curve @ logits**2) + _SLOPE_HELD, float(curve @ logits)],
                [float(curve @ logits), float(curve.sum()) + _SHIFT_HELD],
            ]
        )
        step = np.linalg.solve(bend, pull)
        step = step * min(1.0, 2.0 / float(np.abs(step).max() + 1e-12))
        slope, shift = slope - float(step[0]), shift - float(step[1])
        if float(np.abs(step).max()) < 1e-8:
            break
    return max(slope, _LEAST_SLOPE), shift


def meant(spoken: Sequence[Spoken], logits: Floats, shared: Curve, own: dict[str, Curve]) -> Floats:
    """(n,) probabilities of one label's log-odds, as the version will say them: 0 where it will abstain."""
    curves = np.array([own.get(each.code or "", shared) for each in spoken]).reshape(-1, 2)
    judged = np.array([each.trained or each.code in own for each in spoken], dtype=bool)
    found: Floats = sigmoid(curves[:, 0] * logits + curves[:, 1]) * judged
    return found


@dataclass(frozen=True)
class Table:
    """Curves of all labels in one language, and which of them are its own."""

    slopes: Floats
    shifts: Floats
    labels: frozenset[str]


def table(shared: Sequence[Curve], own: dict[str, Curve]) -> Table:
    """From the shared curves, in the order of labels, and a language's own by label."""
    curves = np.array([own.get(label, curve) for label, curve in zip(LABELS, shared, strict=True)])
    return Table(curves[:, 0], curves[:, 1], frozenset(own))


def sigmoid(logits: npt.NDArray[np.float64]) -> Floats:
    """Probabilities of log-odds."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(logits, -60, 60)))
    return found
