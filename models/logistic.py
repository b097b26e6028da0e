"""A small logistic regression in numpy: on a few hundred answers it takes milliseconds, and needs nothing else."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

PENALTY: Final = 1.0
_FREE: Final = 1e-3
"""Of the constant, and of a score that is known already: what is learnt about them isn't held back."""
_STEPS: Final = 20
_LEAST: Final = 1e-4


def log_odds(probabilities: Floats) -> Floats:
    """Of probabilities that are kept from 0 and 1."""
    clipped = np.clip(probabilities, _LEAST, 1 - _LEAST)
    found: Floats = np.log(clipped / (1 - clipped))
    return found


def design(known: Floats, scores: Floats | None = None) -> tuple[Floats, Floats]:
    """The columns that `fit` takes, with the penalty of each: a text's vector, a constant, a score's log-odds."""
    columns = [known, np.ones((len(known), 1))]
    if scores is not None:
        columns.append(log_odds(scores)[:, None])
    free = len(columns) - 1
    return np.hstack(columns), np.concatenate((np.full(known.shape[1], PENALTY), np.full(free, _FREE)))


def fit(columns: Floats, given: Floats, penalty: Floats, begin: Floats | None = None) -> Floats:
    """(width,): the weights, by Newton's steps. What is penalised is how far they are from where they `begin`."""
    start = np.zeros(columns.shape[1]) if begin is None else begin
    weights: Floats = start.copy()
    for _ in range(_STEPS):
        meant = sigmoid(columns @ weights)
        slope = columns.T @ (meant - given) + penalty * (weights - start)
        curve = (columns * np.maximum(meant * (1 - meant), 1e-6)[:, None]).T @ columns + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def adapted(known: Floats, scores: Floats, answered: Sequence[int], given: Bools) -> Floats:
    """(n,): the probabilities of a model that knew `scores` and has heard these answers.

    It begins as the model that it was: with no answers it says what that said.
    """
    columns, penalty = design(known, scores)
    penalty[known.shape[1] :] = PENALTY
    begin = np.zeros(columns.shape[1])
    begin[-1] = 1.0
    rows = list(answered)
    return sigmoid(columns @ fit(columns[rows], given.astype(np.float64), penalty, begin))


def sigmoid(values: Floats) -> Floats:
    """Probabilities of log-odds."""
    found: Floats = 1.0 / (1.0 + np.exp(-np.clip(values, -30, 30)))
    return found
