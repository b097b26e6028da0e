"""The head of the second stage: a network on an embedding, and the first stage's word, in one calibrated probability.

Per label: `own` log-odds of a network with one hidden layer; with the first stage's log-odds they are one weighed sum,
which a rising curve turns into what it turned out to mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.artefact import Lines

Floats = npt.NDArray[np.float64]
Curve = tuple[tuple[float, ...], tuple[float, ...]]
_EDGE: Final = 1e-6


@dataclass(frozen=True)
class Network:
    """Weights of one hidden layer with ramps: (width, hidden), (hidden,), (hidden, labels), (labels,)."""

    inner: npt.NDArray[np.float32]
    inner_bias: npt.NDArray[np.float32]
    outer: npt.NDArray[np.float32]
    outer_bias: npt.NDArray[np.float32]

    def own(self, embeddings: npt.NDArray[np.float32]) -> Floats:
        """(n, labels): log-odds from embeddings alone, the same in any batch."""
        found = np.zeros((len(embeddings), self.outer.shape[1]))
        for row, each in enumerate(embeddings):
            found[row] = np.maximum(each @ self.inner + self.inner_bias, 0) @ self.outer + self.outer_bias
        return found


@dataclass(frozen=True)
class Weighing:
    """What one label's two log-odds count for, and what their sum means."""

    first: float
    own: float
    shift: float
    curve: Curve

    def sum(self, first: Floats, own: Floats) -> Floats:
        """Log-odds before calibration."""
        return self.first * first + self.own * own + self.shift

    def probability(self, first: Floats, own: Floats) -> Floats:
        """Calibrated probabilities from both stages' log-odds."""
        meant = np.interp(self.sum(first, own), *self.curve)
        found: Floats = 1.0 / (1.0 + np.exp(-meant))
        return found


@dataclass(frozen=True)
class Head:
    """A trained head; `labels` are those that it knows, in the order of the network's outputs."""

    labels: Sequence[str]
    network: Network
    weighings: Mapping[str, Weighing]
    lines: Mapping[str, Lines]

    def probabilities(
        self, embeddings: npt.NDArray[np.float32], first: Sequence[Mapping[str, float]]
    ) -> list[dict[str, float]]:
        """For each text, by label, what both stages together say, where the first one said something."""
        own = self.network.own(embeddings)
        return [self._one(row, said) for row, said in zip(own, first, strict=True)]

    def _one(self, own: Floats, said: Mapping[str, float]) -> dict[str, float]:
        found = {}
        for place, label in enumerate(self.labels):
            if label in said:
                given = log_odds(np.array([said[label]]))
                found[label] = float(self.weighings[label].probability(given, own[place : place + 1])[0])
        return found


def log_odds(probabilities: Floats) -> Floats:
    """Of probabilities, none of which counts as certain."""
    inside = np.clip(probabilities, _EDGE, 1 - _EDGE)
    found: Floats = np.log(inside / (1 - inside))
    return found
