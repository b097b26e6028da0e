"""What each example weighs: for how many public posts it stands. Pure.

A post that machines held, that was reported, or that something else brought before people, was sure to be looked at: it
stands for itself. The rest were looked at by lot alone: each sample stands for as many posts as one in so many was
drawn, the reported ones apart, since a report shows which they are. What is taken for learning, or for measuring, is
first blown up to all examples, lot by lot, so that neither part lacks what the other took.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from moderation.learning.propensity import CLIP
from moderation.learning.values import Chosen, Example


@dataclass(frozen=True, slots=True)
class Weighed:
    """What each example weighs, 1 on average before clipping. `effective`: as how many equally likely ones they tell
    (L. Kish, 1965); `clipped`: how many weights were cut."""

    weights: tuple[float, ...]
    effective: float
    clipped: int

    @property
    def alike(self) -> bool:
        """Whether all weigh the same: nothing is corrected."""
        return len(set(self.weights)) <= 1


def chance(example: Example, drawn: Mapping[str, float]) -> float:
    """How likely a post like it was to be looked at. `drawn`: by address, what part of its days was really drawn, which
    says more than the rate that the policy asked for."""
    if example.chosen is not Chosen.SAMPLE or example.propensity == 1.0:
        return 1.0
    found = drawn.get(example.uri, example.propensity)
    return found if found is not None and 0.0 < found <= 1.0 else 1.0


def weigh(part: Sequence[Example], whole: Sequence[Example], drawn: Mapping[str, float]) -> Weighed:
    """What the examples of a part weigh, so that it speaks for the posts of which the whole was looked at."""
    if not part:
        return Weighed((), 0.0, 0)
    chances = [chance(each, drawn) for each in part]
    wanted = _masses(chance(each, drawn) for each in whole)
    there = _masses(chances)
    raw = [wanted[each < 1.0] / there[each < 1.0] / each for each in chances]
    return _clipped(raw)


def effective(weights: Sequence[float]) -> float:
    """As how many equally likely examples these tell."""
    squares = sum(each * each for each in weights)
    return sum(weights) ** 2 / squares if squares else 0.0


def _masses(chances: Iterable[float]) -> dict[bool, float]:
    """For how many posts stand those drawn by lot (True), and those that were sure to be looked at."""
    found = {True: 0.0, False: 0.0}
    for each in chances:
        found[each < 1.0] += 1.0 / each
    return found


def _clipped(raw: Sequence[float]) -> Weighed:
    mean = sum(raw) / len(raw)
    weights = tuple(min(CLIP, each / mean) for each in raw)
    return Weighed(weights, effective(weights), sum(each >= CLIP for each in weights))
