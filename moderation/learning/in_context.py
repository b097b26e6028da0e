"""Context in decisions: an example's word on each label, with the standing that the door saw when it was judged."""

from __future__ import annotations

from models.context import LABELS, Decided
from moderation.checks import in_context
from moderation.learning.values import Example


def decided(example: Example, counts: float = 1.0) -> tuple[Decided, ...]:
    """What people said of it, by label; empty where nobody knows who wrote to whom.

    `counts`: for how many like it it stands.
    """
    standing = in_context.unpacked(example.circumstances)
    if standing is None:
        return ()
    said = [(label, example.labels.get(label), example.scores.get(label)) for label in LABELS]
    return tuple(
        Decided(label, score, standing, upheld, counts)
        for label, upheld, score in said
        if upheld is not None and score is not None
    )
