"""The text model learns: a correction to the shipped version, from texts and what people said of them."""

from __future__ import annotations

from typing import Final

from app.learning.values import Given, Made
from models import artefact, registry, textmodel
from models.functional.judging import Scorer
from models.labels import LABELS
from models.local import files, gate, learning, named
from models.local.learning import Labelled
from moderation.learning.values import Example

FEWEST: Final = 20


def learn(given: Given) -> Made | None:
    """A version with what the gate says of it; None where there is too little. Raises ModelError, OSError."""
    parts = given.parts
    if len(parts.learnt) < FEWEST:
        return None
    base = registry.current()
    learnt = learning.learn(artefact.read(base.folder), [_labelled(each) for each in parts.learnt], given.tell)
    if len(learnt.skipped) == len(LABELS):
        return None
    spoke = {label: sum(sides) for label, sides in learnt.learnt_from.items()}
    folder = files.write(given.root, base, learnt.correction, learnt.lines, spoke)
    given.tell("comparing", 0.0)
    current = in_use(given)
    judged = gate.judge(current, files.load(folder), [_labelled(each) for each in parts.measured])
    return Made(
        folder.name,
        files.digest_of(folder),
        base.name,
        current.version,
        judged,
        len(parts.learnt),
        len(parts.measured),
        learnt.learnt_from,
        learnt.skipped,
    )


def in_use(given: Given) -> Scorer:
    """The version in use, to compare with; raises ArtefactError."""
    if given.version is None:
        return textmodel.load(registry.current().folder)
    return named.load(given.root, given.version, given.digest)


def _labelled(each: Example) -> Labelled:
    return Labelled(each.text, each.language, each.labels)
