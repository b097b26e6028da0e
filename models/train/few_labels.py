"""What a few labels of a server's own are worth: recall on a kind of text that no training set had, after some."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from models.measures import Floats, Truth, recall_at_precision

COUNTS: Final = (0, 20, 100)
DRAWS: Final = 10
_PRECISION: Final = 0.95
_STRENGTH: Final = 30.0
_BASE_SCALE: Final = 0.5
"""How much of the foreign model's score a local one begins with, against its own features."""

Scoring = Callable[[csr_matrix, Floats], Floats]
Learner = Callable[[csr_matrix, Floats, Truth], Scoring]
"""From features, foreign log-odds and truths of a few texts to a function that scores others."""


def on_top(features: csr_matrix, base: Floats, truth: Truth) -> Scoring:
    """A small logistic model over the same features, to which the foreign model's log-odds are one more."""
    model = LogisticRegression(C=_STRENGTH, max_iter=200, class_weight="balanced")
    model.fit(_with_base(features, base), truth)
    return lambda others, scores: np.asarray(model.decision_function(_with_base(others, scores)), dtype=np.float64)


def _with_base(features: csr_matrix, base: Floats) -> csr_matrix:
    return hstack([features, csr_matrix((_BASE_SCALE * base / 4)[:, None])], format="csr")


def recall_after(
    features: csr_matrix, base: Floats, truth: Truth, counts: Sequence[int] = COUNTS, learn: Learner = on_top
) -> Mapping[str, Any]:
    """By number of labels, the mean recall at 95 % precision on the texts that weren't labelled, over ten draws.

    `base` are log-odds by a model that knows nothing like these texts. Draws have both sides, as any queue soon has.
    """
    found = {}
    for count in counts:
        recalls = [_once(features, base, truth, count, np.random.default_rng(seed), learn) for seed in range(DRAWS)]
        found[str(count)] = {"recall": round(float(np.mean(recalls)), 3), "least": round(float(np.min(recalls)), 3)}
    return found


def _once(
    features: csr_matrix, base: Floats, truth: Truth, count: int, rng: np.random.Generator, learn: Learner
) -> float:
    chosen = _draw(truth, count, rng)
    rest = np.setdiff1d(np.arange(len(truth)), chosen)
    scores = base[rest]
    if count:
        scores = learn(features[chosen], base[chosen], truth[chosen])(features[rest], base[rest])
    return recall_at_precision(scores, truth[rest], _PRECISION)


def _draw(truth: Truth, count: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """So many texts, half of them harmful where there are enough: what waits at a door is about as mixed."""
    harmful, harmless = rng.permutation(np.flatnonzero(truth)), rng.permutation(np.flatnonzero(~truth))
    half = min(count // 2, len(harmful) // 2)
    return np.concatenate((harmful[:half], harmless[: count - half]))
