"""Fits the linear model of each label, with scores that no row's own copy had a part in."""

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, diags, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from models.errors import TrainingDataError
from models.features import DIMENSION, FeatureMatrix, featurise
from models.features import scales as feature_scales
from models.labels import LABELS
from models.normalise import normalise
from models.train.corpus import OWN, Row

FOLDS: Final = 3
STRENGTH: Final = 1.0
"""Inverse of the regularisation's strength."""
BY_SIZE: Final = frozenset({"spam", "sexual"})
"""Labels about which sets don't disagree: more rows of one tell more, so that sets count by their size."""
_STRENGTH_BY_SIZE: Final = 6.0
_CAP: Final = 8000.0
"""Where sets count by size, none counts for more rows than this."""
_OWN_WEIGHT: Final = 3.0
_MOST_POSITIVE: Final = 4.0
_MASS: Final = 1000.0
"""What either side of a source counts for, in rows."""
_OWN_MASS: Final = 3000.0
_APART: Final = {"alike": 400.0, "slurred": 100.0}
"""Kinds of our own that count by themselves: look-alikes of slurs and those slurs would take from the rest."""
_LEAST: Final = 50
"""A side of fewer rows counts for less: each of its rows would otherwise weigh too much."""
_INTERCEPT_SCALE: Final = 0.1
"""Small, so that it costs to use: larger ones took up what is common to all sources."""
_INT16: Final = 32_767
_ITERATIONS: Final = 50
_BATCH: Final = 2048

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """Weights (DIMENSION, labels) int16 with a scale and an intercept per label."""

    weights: npt.NDArray[np.int16]
    scales: tuple[float, ...]
    intercepts: tuple[float, ...]


def matrix(texts: Sequence[str]) -> csr_matrix:
    """Features of texts as they are, normalised here; rows of length one."""
    parts = [
        _sparse(featurise([normalise(text).text for text in texts[start : start + _BATCH]]))
        for start in range(0, len(texts), _BATCH)
    ]
    indptr = np.concatenate([[0], *(np.diff(part.indptr) for part in parts)]).cumsum()
    data = np.concatenate([part.data for part in parts])
    indices = np.concatenate([part.indices for part in parts])
    return csr_matrix((data, indices, indptr), shape=(len(texts), DIMENSION))


def _sparse(found: FeatureMatrix) -> csr_matrix:
    data = np.repeat(found.values, np.diff(found.indptr))
    return csr_matrix((data, found.indices, found.indptr), shape=(len(found), DIMENSION))


def targets(rows: Sequence[Row]) -> npt.NDArray[np.int8]:
    """(n, labels) int8: 1, 0, or -1 where the row does not say."""
    values = [[-1 if row.labels[label] is None else row.labels[label] for label in LABELS] for row in rows]
    return np.array(values, dtype=np.int8)


def folds(rows: Sequence[Row], count: int = FOLDS) -> Ints:
    """The fold of each row, by its group alone: copies, disguised ones too, and one template's fillings share one."""
    return np.array([int(hashlib.sha256(row.group.encode()).hexdigest(), 16) % count for row in rows])


def weights_of(rows: Sequence[Row], labels: npt.NDArray[np.int8]) -> Floats:
    """What each row counts for: every source alike, whatever its size, and either side of a source alike.

    Sets disagree about what a label means, and transfer to others best where none of them outshouts the rest.
    """
    masses = {OWN: _OWN_MASS} | _APART
    sources = np.array([row.kind if row.kind in _APART else row.source for row in rows])
    weights = np.zeros(len(rows))
    for source in np.unique(sources):
        for side in (0, 1):
            mine = (sources == source) & (labels == side)
            if mine.any():
                weights[mine] = masses.get(source, _MASS) / max(int(mine.sum()), _LEAST)
    return weights


def weights_by_size(rows: Sequence[Row], labels: npt.NDArray[np.int8]) -> Floats:
    """What each row counts for: no source for more than the cap, and the rarer side for more than its number."""
    sources = np.array([row.source for row in rows])
    weights = np.ones(len(rows))
    for source in np.unique(sources):
        mine = sources == source
        weights[mine] = _OWN_WEIGHT if source == OWN else min(1.0, _CAP / mine.sum())
    positive = labels == 1
    ratio = weights[~positive].sum() / max(weights[positive].sum(), 1e-9)
    weights[positive] *= float(np.clip(np.sqrt(ratio), 1.0, _MOST_POSITIVE))
    return weights


def source_columns(rows: Sequence[Row], labels: npt.NDArray[np.int8]) -> csr_matrix:
    """A column per source that has both sides of a label: it takes up how much of it the source was picked for.

    It is left out when the model serves, where texts come from none of these sources.
    """
    sources = [row.source for row in rows]
    both = sorted(
        {s for s, y in zip(sources, labels, strict=True) if y == 1}
        & {s for s, y in zip(sources, labels, strict=True) if y == 0}
    )
    place = {source: column for column, source in enumerate(both)}
    entries = [(row, place[s]) for row, s in enumerate(sources) if s in place]
    at = np.array(entries, dtype=np.int64).reshape(-1, 2)
    values = np.full(len(at), _INTERCEPT_SCALE, dtype=np.float32)
    return csr_matrix((values, (at[:, 0], at[:, 1])), shape=(len(rows), max(len(both), 1)))


def fit_label(
    features: csr_matrix, rows: Sequence[Row], labels: npt.NDArray[np.int8], label: str
) -> tuple[Floats, float]:
    """Weights (DIMENSION,) and intercept of `label` from the rows that say; raises TrainingDataError."""
    if len(set(labels.tolist())) < 2:
        raise TrainingDataError("a label needs texts that carry it and texts that do not")
    strength, weigh = (_STRENGTH_BY_SIZE, weights_by_size) if label in BY_SIZE else (STRENGTH, weights_of)
    model = LogisticRegression(C=strength, solver="lbfgs", max_iter=_ITERATIONS, tol=3e-5)
    used = np.flatnonzero(features.getnnz(axis=0))
    scales = feature_scales()[used]
    columns = hstack([features[:, used] @ diags(scales), source_columns(rows, labels)], format="csr")
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # stopping early is meant: it regularises, and saves minutes
        model.fit(columns, labels, sample_weight=weigh(rows, labels))
    own = [row.source == OWN for row in rows]
    offset = 0.0
    extra = model.coef_[0, len(used) :]
    if any(own):
        offset = float((columns[:, len(used) :] @ extra)[np.flatnonzero(own)[0]])
    weights = np.zeros(DIMENSION)
    weights[used] = model.coef_[0, : len(used)] * scales
    return weights, float(model.intercept_[0]) + offset


def fit(features: csr_matrix, rows: Sequence[Row], labels: npt.NDArray[np.int8]) -> Fitted:
    """All labels, with weights rounded to int16: in int8 the many small ones would all be nought."""
    columns, scales, intercepts = [], [], []
    for place, label in enumerate(LABELS):
        known = np.flatnonzero(labels[:, place] >= 0)
        mine = [rows[i] for i in known.tolist()]
        weights, intercept = fit_label(features[known], mine, labels[known, place], label)
        scale = float(np.abs(weights).max()) / _INT16
        columns.append(np.rint(weights / scale).astype(np.int16))
        scales.append(scale)
        intercepts.append(intercept)
    return Fitted(np.stack(columns, axis=1), tuple(scales), tuple(intercepts))


def logits(features: csr_matrix, fitted: Fitted) -> Floats:
    """(n, labels): log-odds before calibration."""
    sums: Any = features.astype(np.float64) @ (fitted.weights.astype(np.float64) * np.array(fitted.scales))
    return np.asarray(sums, dtype=np.float64) + np.array(fitted.intercepts, dtype=np.float64)


def out_of_fold(features: csr_matrix, rows: Sequence[Row], labels: npt.NDArray[np.int8]) -> Floats:
    """(n, labels): log-odds of every row from a model that saw neither it nor a copy of it."""
    fold = folds(rows)
    scores = np.zeros(labels.shape)
    for held in range(FOLDS):
        train = np.flatnonzero(fold != held)
        test = np.flatnonzero(fold == held)
        fitted = fit(features[train], [rows[i] for i in train.tolist()], labels[train])
        scores[test] = logits(features[test], fitted)
    return scores
