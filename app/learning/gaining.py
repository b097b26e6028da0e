"""What was taught, apart from the rest: kept away from what measures, and measured against having learnt without it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from models.artefact import Artefact
from models.labels import LABELS
from models.local import gate, learning
from models.local.learning import Labelled, Learnt
from models.local.model import LocalModel
from models.noise import vectors
from models.sampling import TOO_ALIKE
from moderation.learning.values import Example

_AT_ONCE: Final = 500


def apart(lessons: Sequence[Example], measured: Sequence[Example]) -> list[Example]:
    """Lessons like nothing that is measured on: else a candidate would be praised for what it knows by heart."""
    if not lessons or not measured:
        return list(lessons)
    known = vectors([each.text for each in measured])
    kept: list[Example] = []
    for start in range(0, len(lessons), _AT_ONCE):
        part = lessons[start : start + _AT_ONCE]
        nearest = (vectors([each.text for each in part]) @ known.T).max(axis=1)
        kept += [each for each, near in zip(part, nearest.tolist(), strict=True) if near < TOO_ALIKE]
    return kept


def gain(base: Artefact, learnt: Learnt, without: Sequence[Labelled], measured: Sequence[Labelled]) -> dict[str, Any]:
    """By label, how surely harmful is told from harmless (AUC) without what was taught, and with it.

    Only labels that were measured on enough of both sides; it takes as long as learning once more.
    """
    if not without or not measured:
        return {}
    plain = learning.learn(base, without)
    models = [LocalModel(base, each.correction, "", each.lines) for each in (plain, learnt)]
    compared = gate.on_decisions(models[0], models[1], measured)
    return {
        each.part: {"n": each.n, "without": round(each.before, 4), "taught": round(each.after, 4)}
        for each in compared
        if (each.area, each.measure) == ("decisions", "auc") and each.part in LABELS
    }
