"""The context model learns: what scores turned out to mean, given who wrote to whom. None is shipped."""

from __future__ import annotations

from collections.abc import Sequence

from app.learning import weights as weighing
from app.learning.values import Given, Made
from models import artefact
from models import context as fitting
from models.context import LABELS, Decided
from models.local import context
from moderation.learning import in_context
from moderation.learning.values import Example


def learn(given: Given) -> Made | None:
    """A version with what the gate says of it; None where there is too little. Raises ModelError, OSError."""
    said = [each for each in given.parts.learnt if _says(each)], [each for each in given.parts.measured if _says(each)]
    weights = weighing.of(*said, given.drawn)
    learnt_from, measured = _decided(said[0], weights.learnt), _decided(said[1], weights.measured)
    given.tell("fitting", 0.0)
    model = fitting.fit([one for each in learnt_from for one in each])
    if model is None:
        return None
    folder = context.write(given.root, model)
    digest = artefact.version_digest(folder)
    given.tell("comparing", 0.0)
    current = None if given.version is None else context.load(given.root, given.version, given.digest)
    candidate = context.load(given.root, folder.name, digest)
    judged = context.judge(current, candidate, [one for each in measured for one in each])
    against = current.version if current is not None else None
    sides = {label: _sides(learnt_from, label) for label in LABELS}
    return Made(folder.name, digest, None, against, judged, len(learnt_from), len(measured), sides, worth=weights.worth)


def _says(each: Example) -> bool:
    return bool(in_context.decided(each))


def _decided(examples: Sequence[Example], weights: Sequence[float]) -> list[tuple[Decided, ...]]:
    return [in_context.decided(each, counts) for each, counts in zip(examples, weights, strict=True)]


def _sides(found: Sequence[Sequence[Decided]], label: str) -> tuple[int, int]:
    said = [one.upheld >= 0.5 for each in found for one in each if one.label == label]
    return sum(said), len(said) - sum(said)
