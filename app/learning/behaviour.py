"""The behaviour model learns: a correction to the shipped trees, from how posts were sent and whether people found them
to be spam."""

from __future__ import annotations

from collections.abc import Sequence

from app.learning.values import Given, Made
from models import artefact
from models import behaviour as shipped
from models.local import behaviour
from models.local.behaviour import Sent
from moderation.checks import sending
from moderation.learning.values import Example


def learn(given: Given) -> Made | None:
    """A version with what the gate says of it; None where there is too little. Raises ModelError, OSError."""
    learnt_from, measured = _sent(given.parts.learnt), _sent(given.parts.measured)
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
    return Made(folder.name, digest, base.version, current.version, judged, len(learnt_from), len(measured), sides)


def _sent(examples: Sequence[Example]) -> list[Sent]:
    """Of those of which it is known how they were sent, and whether people found them to be spam."""
    found = []
    for each in examples:
        row, spam = sending.unpacked(each.circumstances), each.labels.get("spam")
        if row is not None and spam is not None:
            found.append(Sent(row, spam))
    return found
