"""Labels that are probably wrong: confident learning, and what the nearest texts say. Numpy alone; knows no database.

Confident learning (C. G. Northcutt, L. Jiang, I. L. Chuang, "Confident learning: estimating uncertainty in dataset
labels", Journal of Artificial Intelligence Research 70 (2021)), written from the paper for two classes: a class's
threshold is the mean probability of it among those that are labelled so; an example whose probability of the other
class reaches the other's threshold counts as of that class; as many as that makes in the joint distribution are
suspects, those with the largest margin first. The library by its authors is under the AGPL and isn't used.

The probabilities have to be of a model that hasn't seen the example (`out_of_fold`): one that has agrees with all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models import logistic
from models.features import featurise
from models.normalise import normalise

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

WIDTH: Final = 512
"""Of a text as a dense vector. Two texts that have nothing in common are alike by 0.04 then, give or take."""
FOLDS: Final = 5
NEAREST: Final = 10
ALIKE: Final = 0.3
"""Cosines below this are no likeness."""
LEAST_NEIGHBOURS: Final = 3
_BLOCK: Final = 512


@dataclass(frozen=True)
class Suspect:
    """A row whose label is probably wrong, and by how much the model is surer of the other class."""

    row: int
    margin: float


def vectors(texts: Sequence[str]) -> Floats:
    """(n, WIDTH): texts as unit vectors; their hashed features are added up with signs (a sparse random projection)."""
    matrix = featurise([normalise(text).text for text in texts])
    made = np.zeros((len(texts), WIDTH))
    rows = np.repeat(np.arange(len(texts)), np.diff(matrix.indptr))
    mixed = matrix.indices.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    columns = (mixed >> np.uint64(40)).astype(np.int64) % WIDTH
    signs = np.where((mixed >> np.uint64(63)) == 1, 1.0, -1.0)
    np.add.at(made, (rows, columns), signs)
    norms = np.linalg.norm(made, axis=1, keepdims=True)
    unit: Floats = np.divide(made, norms, out=np.zeros_like(made), where=norms > 0)
    return unit


def out_of_fold(known: Floats, given: Bools, groups: Sequence[str], scores: Floats | None = None) -> Floats:
    """(n,): each row's probability by a logistic model that was fitted without it and without its group.

    `groups`: rows that must not teach each other, such as one author's. `scores`: probabilities of a model that never
    learnt from these rows; with them the model learns only where they err.
    """
    columns, penalty = logistic.design(known, scores)
    folds = _folds(groups)
    found = np.full(len(known), float(given.mean()) if len(given) else 0.0)
    for fold in range(FOLDS):
        out = folds == fold
        if out.any() and len(set(given[~out].tolist())) == 2:
            weights = logistic.fit(columns[~out], given[~out].astype(np.float64), penalty)
            found[out] = logistic.sigmoid(columns[out] @ weights)
    return found


def suspects(given: Bools, probabilities: Floats) -> list[Suspect]:
    """The rows whose labels are probably wrong, the surest first. None where a class is missing."""
    if not given.any() or given.all():
        return []
    sure_yes, sure_no = float(probabilities[given].mean()), float((1 - probabilities[~given]).mean())
    yes, no = probabilities >= sure_yes, (1 - probabilities) >= sure_no
    both = yes & no
    yes, no = yes & ~(both & (probabilities < 0.5)), no & ~(both & (probabilities >= 0.5))
    found = _off(~given, yes, no, 2 * probabilities - 1) + _off(given, no, yes, 1 - 2 * probabilities)
    return sorted(found, key=lambda each: (-each.margin, each.row))


def _off(labelled: Bools, other: Bools, same: Bools, margins: Floats) -> list[Suspect]:
    """Of the rows of one label, as many of the surest others as the joint distribution has."""
    off, on = int((labelled & other).sum()), int((labelled & same).sum())
    if off == 0:
        return []
    many = round(off / (off + on) * int(labelled.sum()))
    rows = np.flatnonzero(labelled & other)
    best = rows[np.argsort(-margins[rows], kind="stable")][: min(many, off)]
    return [Suspect(int(row), float(margins[row])) for row in best]


def neighbours(known: Floats, given: Bools) -> tuple[Floats, Rows]:
    """(n,) each: the share of a row's nearest texts that are labelled yes, by likeness; how many are alike at all."""
    shares, counts = np.zeros(len(known)), np.zeros(len(known), dtype=np.int64)
    for start in range(0, len(known), _BLOCK):
        like = known[start : start + _BLOCK] @ known.T
        like[np.arange(len(like)), np.arange(start, start + len(like))] = 0.0
        nearest = np.argsort(-like, axis=1)[:, :NEAREST]
        weights = np.take_along_axis(like, nearest, axis=1)
        weights = np.where(weights >= ALIKE, weights, 0.0)
        whole = weights.sum(axis=1)
        shares[start : start + len(like)] = np.divide(
            (weights * given[nearest]).sum(axis=1), whole, out=np.zeros(len(like)), where=whole > 0
        )
        counts[start : start + len(like)] = (weights > 0).sum(axis=1)
    return shares, counts


def _folds(groups: Sequence[str]) -> Rows:
    """Groups in equal parts, the largest first; always the same."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    filled, place = [0] * FOLDS, {}
    for group, size in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        place[group] = filled.index(min(filled))
        filled[place[group]] += size
    return np.array([place[group] for group in groups], dtype=np.int64)
