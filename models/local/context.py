"""The gate of the context model: there is none shipped, so that a candidate must say more than what is asked now, be it
another version or the text's score alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from models import artefact, context
from models.behaviour import Floats
from models.context import LABELS, ContextModel, Decided
from models.errors import ArtefactAlteredError, ArtefactError
from models.local import gate
from models.local.gate import LEAST_SIDE, Compared, Judged

FOLDER: Final = "context"


def judge(current: ContextModel | None, candidate: ContextModel, held: Sequence[Decided]) -> Judged:
    """Compare on decisions that came later or were kept out: nowhere worse by label, and better in all."""
    if not held:
        return Judged((Compared("decisions", "brier", "", 0.0, 0.0, 0.0, 0, passed=False),))
    truth, counts = np.array([each.upheld for each in held]), np.array([each.counts for each in held])
    before, after = _scores(current, held), _scores(candidate, held)
    found: list[Compared] = []
    for label in LABELS:
        mine = np.array([each.label == label for each in held])
        harmful = int((truth[mine] >= 0.5).sum())
        if min(harmful, int(mine.sum()) - harmful) >= LEAST_SIDE:
            compared = gate.of_label(label, truth[mine], before[mine], after[mine], (1.0, 1.0), counts[mine])
            found += [each for each in compared if each.measure not in ("wrongly_held", "missed")]  # it holds nothing
    was, now = (float(counts @ (each - truth) ** 2 / counts.sum()) for each in (before, after))
    return Judged((*gate.together(found), Compared("decisions", "brier", "", was, now, 0.0, len(held), now < was)))


def _scores(model: ContextModel | None, held: Sequence[Decided]) -> Floats:
    if model is None:
        return np.array([each.score for each in held])
    return np.array([model.score(each.label, each.score, each.standing) for each in held])


def write(where: Path, model: ContextModel) -> Path:
    """Write a version into a folder of its own; returns that."""
    return context.save(where / FOLDER, model)


def load(where: Path, version: str, digest: str | None) -> ContextModel:
    """The version of a name; raises ArtefactError unless it is as it was written, and monotone."""
    if not version.startswith(context.PREFIX) or Path(version).name != version:
        raise ArtefactError(f"{version} names no context model")
    folder = where / FOLDER / version
    if digest is not None and artefact.version_digest(folder) != digest:
        raise ArtefactAlteredError(f"{version} isn't what was learnt")
    return context.load(folder)
