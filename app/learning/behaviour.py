"""The behaviour model learns: a correction to the shipped trees, from how posts were sent and whether people found them
to be spam."""

from __future__ import annotations

from collections.abc import Sequence

from app.learning import weights as weighing
from app.learning.values import Given, Made
from models import artefact
from models import behaviour as shipped
from models.local import behaviour
from models.local.behaviour import Sent
from moderation.checks import sending
from moderation.learning.values import Example


def learn(given: Given) -> Made | None:
    """A version with what the gate says of it; None where there is too little. Raises ModelError, OSError."""
    said = [each for each in given.parts.learnt if _says(each)], [each for each in given.parts.measured if _says(each)]
    weights = weighing.of(*said, given.drawn)
    learnt_from, measured = _sent(said[0], weights.learnt), _sent(said[1], weights.measured)
    folder_of_base = shipped.current()
    base = shipped.load(folder_of_base)
    given.tell("fitting", 0.0)
    learnt = behaviour.learn(base, learnt_from)
    if learnt is None:
        return None
    folder = behaviour.write(given.root, folder_of_base, learnt)
    digest = artefact.version_digest(folder)
    given.tell("comparing", 0.0)
    current = base if given.version is None else behaviour.load(given.root, given.version, given.digest)
    judged = behaviour.judge(current, behaviour.load(given.root, folder.name, digest), measured)
    sides = {"spam": learnt.sides}
    return Made(
        folder.name,
        digest,
        base.version,
        current.version,
        judged,
        len(learnt_from),
        len(measured),
        sides,
        worth=weights.worth,
    )


def _says(each: Example) -> bool:
    """Whether it is known how it was sent, and whether people found it to be spam."""
    return each.labels.get("spam") is not None and sending.unpacked(each.circumstances) is not None


def _sent(examples: Sequence[Example], weights: Sequence[float]) -> list[Sent]:
    found = []
    for each, counts in zip(examples, weights, strict=True):
        row, spam = sending.unpacked(each.circumstances), each.labels.get("spam")
        if row is not None and spam is not None:
            found.append(Sent(row, spam, counts))
    return found
