"""What the examples of a training weigh, those that are learnt from and those that are measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.learning.values import Worth
from moderation.learning import weighing
from moderation.learning.values import Example


@dataclass(frozen=True)
class Weights:
    """In the order of the examples, and what they come to."""

    learnt: tuple[float, ...]
    measured: tuple[float, ...]
    worth: Worth


def of(learnt: Sequence[Example], measured: Sequence[Example], drawn: Mapping[str, float]) -> Weights:
    """Each part speaks for the posts of which both together were looked at."""
    whole = (*learnt, *measured)
    parts = [weighing.weigh(each, whole, drawn) for each in (learnt, measured)]
    by_lot = sum(weighing.chance(each, drawn) < 1.0 for each in whole)
    return Weights(parts[0].weights, parts[1].weights, Worth(parts[0].effective, parts[1].effective, by_lot))
