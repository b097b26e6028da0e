"""How posts came before people, by what machines did with them, and with which chance: what a promise rests on. Pure.

Posts were let in, restrained, or held. Of the first two the policy draws samples; of the last people look at all that
they get to. A sample of all posts needs draws of each kind that has posts: what nobody looked at is unknown, however
much was seen of the rest.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeVar

from moderation.learning import propensity
from moderation.values import Outcome

T = TypeVar("T")
FEWEST_SEEN: Final = 10
MOST_BANDS: Final = 8
"""Of the scores of held posts."""


class Fate(StrEnum):
    """What machines did with a post."""

    LET_IN = "let_in"
    RESTRAINED = "restrained"
    """Behind a warning, limited, or rejected."""
    HELD = "held"


FATES: Final[Mapping[Outcome, Fate]] = {
    Outcome.APPROVE: Fate.LET_IN,
    Outcome.LABEL: Fate.RESTRAINED,
    Outcome.LIMIT: Fate.RESTRAINED,
    Outcome.REJECT: Fate.RESTRAINED,
    Outcome.HOLD: Fate.HELD,
}


@dataclass(frozen=True, slots=True)
class Stratum:
    """The posts of one fate, and how many of them were drawn and decided."""

    fate: Fate
    posts: int
    seen: int


@dataclass(frozen=True, slots=True)
class Gap:
    """A fate of which nothing was looked at, how many posts had it, and how many samples it takes at least."""

    fate: Fate
    posts: int
    needed: int


def is_drawn(fate: Fate, held_for: str | None) -> bool:
    """Whether a decided post came before people as its like do: a hold of what was held, a sample of the rest."""
    return (held_for is not None) is (fate is Fate.HELD)


def strata(posts: Iterable[tuple[Fate, bool]]) -> tuple[Stratum, ...]:
    """By fate, how many posts there are, and how many of them people looked at."""
    whole: defaultdict[Fate, list[bool]] = defaultdict(list)
    for fate, seen in posts:
        whole[fate].append(seen)
    return tuple(Stratum(fate, len(whole[fate]), sum(whole[fate])) for fate in Fate if fate in whole)


def chances(of: Stratum, rates: Sequence[float]) -> list[float]:
    """The chance that each of those drawn really had."""
    return propensity.chances(of.posts, rates)


def gaps(of: Sequence[Stratum], examples: int) -> list[Gap]:
    """What stands against any promise. `examples`: how many of all posts it takes at least."""
    posts = sum(each.posts for each in of)
    return [
        Gap(each.fate, each.posts, min(each.posts, math.ceil(examples * each.posts / posts)))
        for each in of
        if each.posts and not each.seen
    ]


def by_score(held: Sequence[tuple[float, bool]]) -> list[float]:
    """The chance that each held post had to be decided, by its score: who looks first at graver cases, or lets holds
    end, looks at some scores more than at others, and at some more of what is harmless. Bands of neighbouring scores
    have ten that people looked at, at least. `held`: by post, its score and whether people looked.
    """
    found = [0.0] * len(held)
    rows = sorted(range(len(held)), key=lambda row: held[row][0])
    for band in _bands(rows, [held[row][1] for row in rows]):
        chance = sum(held[row][1] for row in band) / len(band)
        for row in band:
            found[row] = chance
    return found


def _bands(rows: Sequence[int], looked: Sequence[bool]) -> list[Sequence[int]]:
    """Neighbours in so many bands as have enough that people looked at: of about as many posts each, eight at most."""
    count = max(1, min(MOST_BANDS, sum(looked) // FEWEST_SEEN))
    while count > 1 and min(sum(part) for part in _parts(looked, count)) < FEWEST_SEEN:
        count -= 1
    return _parts(rows, count)


def _parts(whole: Sequence[T], count: int) -> list[Sequence[T]]:
    """In so many parts of about the same length."""
    edges = [round(number * len(whole) / count) for number in range(count + 1)]
    return [whole[begin:end] for begin, end in pairwise(edges) if end > begin]
