"""A local version as it serves: the base's word in log-odds, a correction over the same features, calibrated again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from models.artefact import Artefact, Lines
from models.features import DIMENSION, FeatureMatrix, featurise
from models.labels import LABELS
from models.local import by_language
from models.local.by_language import Curve, sigmoid
from models.local.solver import Floats
from models.textmodel import TextModel

_EDGE: Final = 1e-9


@dataclass(frozen=True)
class Correction:
    """What was learnt: for each of `columns` a row of weights (k, labels) in log-odds, shifts, and straight curves.

    `curves` are by label a slope and a shift from corrected log-odds to what they turned out to mean; `languages` has,
    by language and label, those that aren't the shared ones.
    """

    columns: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    shifts: tuple[float, ...]
    curves: tuple[Curve, ...]
    languages: Mapping[str, Mapping[str, Curve]] = field(default_factory=dict)


NOTHING: Final = Correction(
    np.zeros(0, np.int32),
    np.zeros((0, len(LABELS)), np.float32),
    (0.0,) * len(LABELS),
    ((1.0, 0.0),) * len(LABELS),
)
"""Learns nothing: the base as it is."""


class LocalModel(TextModel):
    """The base with a correction. Features are made once for both."""

    def __init__(self, base: Artefact, correction: Correction, version: str, lines: Mapping[str, Lines]) -> None:
        super().__init__(base)
        self.version = version
        self.lines = lines
        self._extra = np.zeros((DIMENSION, len(LABELS)), dtype=np.float32)
        self._extra[correction.columns] = correction.weights
        self._shifts: Floats = np.array(correction.shifts)
        self._shared = by_language.table(correction.curves, {})
        self._by_language = {
            code: by_language.table(correction.curves, dict(own)) for code, own in correction.languages.items()
        }

    def logits(self, normalised: Sequence[str]) -> Floats:
        """(n, labels): what the base means, in log-odds, with the correction."""
        matrix = featurise(normalised, self._form)
        return log_odds(super().calibrate(self._logits(matrix))) + self._corrected(matrix)

    def calibrate(self, logits: Floats, languages: Sequence[str | None] = ()) -> Floats:
        """(n, labels): probabilities, by the curves of each text's language where it has its own."""
        found = sigmoid(logits * self._shared.slopes + self._shared.shifts)
        for code, own in self._by_language.items():
            if rows := [row for row, each in enumerate(languages) if each == code]:
                found[rows] = sigmoid(logits[rows] * own.slopes + own.shifts)
        return found

    def reads(self, code: str | None) -> frozenset[str]:
        """The labels that decisions here taught it in a language that the shipped version doesn't judge."""
        own = self._by_language.get(code or "")
        return own.labels if own is not None else frozenset()

    def base_log_odds(self, matrix: FeatureMatrix) -> Floats:
        """(n, labels): what the base alone means by these features."""
        return log_odds(super().calibrate(self._logits(matrix)))

    def features(self, normalised: Sequence[str]) -> FeatureMatrix:
        """The features that both are made of."""
        return featurise(normalised, self._form)

    def pull(self, columns: npt.NDArray[np.int64], label: int) -> Floats:
        """What each of these features weighs for a label, the correction with it."""
        pulled: Floats = super().pull(columns, label) + self._extra[columns, label]
        return pulled

    def _corrected(self, matrix: FeatureMatrix) -> Floats:
        sums = np.zeros((len(matrix), len(LABELS)))
        filled = np.flatnonzero(np.diff(matrix.indptr))
        if len(filled):
            sums[filled] = np.add.reduceat(self._extra[matrix.indices], matrix.indptr[filled], axis=0)
        corrected: Floats = sums * matrix.values.astype(np.float64)[:, None] + self._shifts
        return corrected


def log_odds(probabilities: Floats) -> Floats:
    """Of probabilities, kept finite."""
    inside = np.clip(probabilities, _EDGE, 1 - _EDGE)
    found: Floats = np.log(inside / (1 - inside))
    return found
