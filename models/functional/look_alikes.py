"""Harmless words that look like slurs or swearing, beside the same words meant as such: how a model takes either.

Of `words` training saw no harmless look-alike use at all; of `sentences` it saw the words, in other sentences. Both are
held out from every training, as the functional tests are, and apart from them, so that theirs stay comparable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from models import measures
from models.functional.judging import HALF, Scorer
from models.functional.sentences import Case, read
from models.labels import LABELS, LANGUAGES

FOLDER: Final = Path(__file__).parent / "alike"
PARTS: Final = ("words", "sentences")
UMBRELLA: Final = "toxic"
"""It is told of by itself: it holds nothing, and most of what it was taught on is toxic."""


@dataclass(frozen=True)
class Found:
    """Of so many sentences how many any hold line takes, and how many are above one half.

    `above_half` is by any label but `toxic`, whose own count is beside it.
    """

    of: int
    held: int
    above_half: int
    toxic_above_half: int


@dataclass(frozen=True)
class Sides:
    """One language and part: harmless look-alikes, the words meant as slurs, and how well they are told apart.

    `auc` is of the highest score of any label but `toxic`.
    """

    harmless: Found
    harmful: Found
    auc: float


@lru_cache(maxsize=4)
def cases(language: str, part: str) -> tuple[Case, ...]:
    """The sentences of one part; raises TrainingDataError where a file isn't well formed."""
    return tuple(read(language, FOLDER / f"{language}_{part}.txt"))


def run(model: Scorer) -> Mapping[str, Mapping[str, Sides]]:
    """By language and part; where the model abstains, it found nothing."""
    return {code: {part: _sides(model, cases(code, part)) for part in PARTS} for code in LANGUAGES}


def _sides(model: Scorer, chosen: Sequence[Case]) -> Sides:
    results = model.score([case.text for case in chosen], [case.language for case in chosen])
    scores = np.array([[result.scores[label] or 0.0 for label in LABELS] for result in results])
    over = (scores > np.array([model.lines[label].hold for label in LABELS])).any(axis=1)
    toxic = scores[:, LABELS.index(UMBRELLA)]
    highest = scores[:, [place for place, label in enumerate(LABELS) if label != UMBRELLA]].max(axis=1)
    harmful = np.array([case.harmful for case in chosen])
    marks = np.stack([over, highest > HALF, toxic > HALF], axis=1)
    return Sides(_found(marks[~harmful]), _found(marks[harmful]), measures.roc_auc(highest, harmful))


def _found(marks: npt.NDArray[np.bool_]) -> Found:
    held, above, toxic = marks.sum(axis=0).tolist()
    return Found(len(marks), held, above, toxic)
