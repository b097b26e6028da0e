"""The text model learns: a correction to the shipped version, from texts and what people said of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.learning import gaining
from app.learning import weights as weighing
from app.learning.values import Given, Made
from models import artefact, registry, textmodel
from models.functional.judging import Scorer
from models.labels import LABELS
from models.local import files, gate, learning, leaving_out, named
from models.local.learning import Labelled
from models.local.model import LocalModel
from moderation.learning.values import Example

FEWEST: Final = 20
MOST_TAUGHT: Final = 5_000
"""So much of what was taught is learnt from, the latest."""


def learn(given: Given) -> Made | None:
    """A version with what the gate says of it; None where there is too little. Raises ModelError, OSError."""
    parts = given.parts
    taught = gaining.apart(given.lessons[-MOST_TAUGHT:], parts.measured)
    weights = weighing.of((*parts.learnt, *taught), parts.measured, given.drawn)
    learnt_from = _labelled((*parts.learnt, *taught), weights.learnt)
    decided, measured = learnt_from[: len(parts.learnt)], _labelled(parts.measured, weights.measured)
    if len(learnt_from) < FEWEST:
        return None
    base = _base(given)
    loaded = artefact.read(base.folder)
    learnt = learning.learn(loaded, learnt_from, given.tell)
    if len(learnt.skipped) == len(LABELS):
        return None
    given.tell("comparing", 0.0)
    current = in_use(given)
    chosen = leaving_out.kept(loaded, learnt, lambda each: gate.judge(current, _model(loaded, each), measured))
    learnt, judged = chosen.learnt, chosen.judged
    spoke = {label: 0 if label in chosen.left_out else sum(sides) for label, sides in learnt.learnt_from.items()}
    folder = files.write(given.root, base, learnt.correction, learnt.lines, spoke)
    return Made(
        folder.name,
        files.digest_of(folder),
        base.name,
        current.version,
        judged,
        len(learnt_from),
        len(measured),
        learnt.learnt_from,
        learnt.skipped,
        len(taught),
        gaining.gain(loaded, learnt, decided, measured) if taught else {},
        weights.worth,
        {
            code: {"labels": [label for label in LABELS if label in own], "new": code not in loaded.manifest.languages}
            for code, own in learnt.correction.languages.items()
        },
        chosen.left_out,
    )


def _model(base: artefact.Artefact, learnt: learning.Learnt) -> LocalModel:
    return LocalModel(base, learnt.correction, "candidate", learnt.lines)


def _base(given: Given) -> registry.Version:
    """What is corrected: the shipped version that a person put in use, else the newest. Raises UnknownVersionError."""
    if given.version is None or named.is_own(given.version):
        return registry.current()
    return registry.named(given.version)


def in_use(given: Given) -> Scorer:
    """The version in use, to compare with; raises ArtefactError."""
    if given.version is None:
        return textmodel.load(registry.current().folder)
    return named.load(given.root, given.version, given.digest)


def _labelled(examples: Sequence[Example], weights: Sequence[float]) -> list[Labelled]:
    pairs = zip(examples, weights, strict=True)
    return [Labelled(each.text, each.language, each.labels, weight) for each, weight in pairs]
