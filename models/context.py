"""The context model: what a score on a text means, given who wrote it and to whom. Trained on people's decisions alone.

A small, monotone, additive model over what others found: it moves a text's log-odds on hate, harassment or toxic up or
down, by terms that can be read one by one. More removals, more reports that people upheld, writing to strangers never
lower a score; a long acquaintance, posts that were let in, joking between people who follow each other never raise one.
There is none until there were enough decisions; what it says is a finding of its own, beside the text model's.
"""

import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from models import artefact, bounded
from models.errors import ArtefactAlteredError, ArtefactError

Floats = npt.NDArray[np.float64]

FORMAT: Final = 1
PREFIX: Final = "context-"
WEIGHTS: Final = "weights.npz"
LABELS: Final = ("hate", "harassment", "toxic")
"""What context changes the meaning of; threats, spam and the rest are what they are."""
LEAST_DECISIONS: Final = 200
LEAST_OF_A_KIND: Final = 20
"""Of what was upheld, and of what wasn't."""
DIRECTIONS: Final[Mapping[str, int]] = {
    "text": 1,
    "removed": 1,
    "upheld_reports": 1,
    "strangers": 1,
    "approved": -1,
    "known_days": -1,
    "mutuals": -1,
    "answers": 0,
}
"""Each feature with the direction in which it may move a score: 1 only up, -1 only down, 0 either way."""
FEATURES: Final = tuple(DIRECTIONS)
_TEXT: Final = FEATURES.index("text")
_MOST_LOGIT: Final = 6.0
_STRENGTH: Final = 4.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Who writes to whom. Counts are of what was decided before; `known_days` since the author was first seen here."""

    removed: int = 0
    upheld_reports: int = 0
    approved: int = 0
    known_days: float = 0.0
    mutuals: bool = False
    """It answers somebody, and the two follow each other."""
    strangers: int = 0
    """How many it addresses who don't know its author."""
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What people said of a label on a text: from 0 (it isn't) to 1 (it is), between where they differed.

    `counts` is how many decisions like it this one stands for (an inverse propensity); 1 for itself alone.
    """

    label: str
    score: float
    standing: Standing
    upheld: float
    counts: float = 1.0


class ContextModel:
    """A version; safe to share between threads."""

    def __init__(self, version: str, weights: Floats, shifts: Floats, decisions: int) -> None:
        """`weights` (features,) and `shifts` (labels,) are added to the text's own log-odds."""
        self.version = version
        self.weights = weights
        self.shifts = shifts
        self.decisions = decisions

    def score(self, label: str, text_score: float, standing: Standing) -> float:
        """The probability that people would uphold the label; the text's own for labels that context doesn't change."""
        if label not in LABELS:
            return text_score
        logit = _logit(text_score) + sum(weight for _, weight in self._terms(label, text_score, standing))
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, logit))))

    def explain(self, label: str, text_score: float, standing: Standing) -> list[tuple[str, float]]:
        """What moved the score, in log-odds, the heaviest first; up is positive."""
        if label not in LABELS:
            return []
        found = [(name, weight) for name, weight in self._terms(label, text_score, standing) if abs(weight) > 0.05]
        return sorted(found, key=lambda pair: (-abs(pair[1]), pair[0]))

    def _terms(self, label: str, text_score: float, standing: Standing) -> list[tuple[str, float]]:
        row = _row(text_score, standing)
        terms = [(name, float(term)) for name, term in zip(FEATURES, row * self.weights, strict=True)]
        return [*terms, ("label", float(self.shifts[LABELS.index(label)]))]


def fit(decided: Sequence[Decided]) -> ContextModel | None:
    """A model from decisions; None while there are fewer than `LEAST_DECISIONS`, or nearly all of them say the same."""
    known = [each for each in decided if each.label in LABELS and _is_sound(each)]
    upheld = sum(each.upheld >= 0.5 for each in known)
    if len(known) < LEAST_DECISIONS or min(upheld, len(known) - upheld) < LEAST_OF_A_KIND:
        return None
    rows = np.array([_row(each.score, each.standing) for each in known])
    labels = np.array([[float(each.label == label) for label in LABELS] for each in known])
    counts = np.array([max(0.0, each.counts) for each in known])
    counts *= len(counts) / max(float(counts.sum()), 1e-9)
    base = np.array([_logit(each.score) for each in known])
    wanted = np.array([each.upheld for each in known])
    free = [math.inf] * len(LABELS)
    low = np.array([*(0.0 if way > 0 else -math.inf for way in DIRECTIONS.values()), *(-each for each in free)])
    high = np.array([*(0.0 if way < 0 else math.inf for way in DIRECTIONS.values()), *free])
    low[_TEXT] = -1.0  # the text's own log-odds have a weight of 1 already: in all it is never below 0
    found = bounded.fit(np.column_stack([rows, labels]), wanted, base, _STRENGTH, low, high, counts)
    weights, shifts = found[: len(FEATURES)], found[len(FEATURES) :]
    return ContextModel(_name(weights, shifts), weights, shifts, len(known))


def _is_sound(one: Decided) -> bool:
    return 0.0 <= one.score <= 1.0 and 0.0 <= one.upheld <= 1.0 and math.isfinite(one.counts)


def _row(text_score: float, of: Standing) -> Floats:
    return np.array(
        [
            _logit(text_score),
            math.log1p(max(of.removed, 0)),
            math.log1p(max(of.upheld_reports, 0)),
            math.log1p(max(of.strangers, 0)),
            math.log1p(max(of.approved, 0)) / 3.0,
            math.log1p(max(of.known_days, 0.0)) / 3.0 if math.isfinite(of.known_days) else 0.0,
            float(of.mutuals),
            float(of.answers),
        ]
    )


def _logit(score: float) -> float:
    inside = min(max(score, 1e-6), 1.0 - 1e-6)
    return max(-_MOST_LOGIT, min(_MOST_LOGIT, math.log(inside / (1.0 - inside))))


def _name(weights: Floats, shifts: Floats) -> str:
    return PREFIX + artefact.digest(weights.tobytes() + shifts.tobytes())[:10]


def save(folder: Path, model: ContextModel) -> Path:
    """Write a version into a folder of its own below `folder`; returns that."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, weights=model.weights, shifts=model.shifts)
    place = folder / model.version
    place.mkdir(parents=True, exist_ok=True)
    (place / WEIGHTS).write_bytes(buffer.getvalue())
    manifest = {
        "format": FORMAT,
        "features": FEATURES,
        "labels": LABELS,
        "decisions": model.decisions,
        "files": {WEIGHTS: artefact.digest(buffer.getvalue())},
    }
    text = json.dumps(manifest, indent=1, sort_keys=True)
    (place / artefact.MANIFEST).write_text(text + "\n", encoding="utf-8")
    return place


def load(folder: Path) -> ContextModel:
    """The version in a folder; raises ArtefactError unless it is whole, unaltered, of this format, and monotone."""
    raw = artefact.object_of(folder / artefact.MANIFEST)
    try:
        if raw["format"] != FORMAT or tuple(raw["features"]) != FEATURES or tuple(raw["labels"]) != LABELS:
            raise ArtefactError(f"{folder.name} is of another format than this code reads")
        decisions, expected = int(raw["decisions"]), str(raw["files"][WEIGHTS])
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise ArtefactError(f"{folder.name}: its manifest can't be read: {error!r}") from error
    arrays = artefact.arrays(folder / WEIGHTS, expected, ("weights", "shifts"))
    weights, shifts = arrays["weights"], arrays["shifts"]
    if not _fits(weights, shifts):
        raise ArtefactError(f"{folder.name}: its weights don't fit this code")
    if _name(weights, shifts) != folder.name:
        raise ArtefactAlteredError(f"{folder.name}: its weights are those of another version")
    return ContextModel(folder.name, weights, shifts, decisions)


def _fits(weights: npt.NDArray[np.generic], shifts: npt.NDArray[np.generic]) -> bool:
    if weights.shape != (len(FEATURES),) or shifts.shape != (len(LABELS),):
        return False
    if weights.dtype != np.float64 or shifts.dtype != np.float64:
        return False
    if not (np.isfinite(weights).all() and np.isfinite(shifts).all()):
        return False
    pairs = zip(FEATURES, weights.tolist(), strict=True)
    return all(value >= -1.0 if name == "text" else value * DIRECTIONS[name] >= 0.0 for name, value in pairs)
