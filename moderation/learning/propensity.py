"""Labels exist only where somebody looked: what follows for all posts, by how likely each was to be looked at. Pure.

Posts that had the same chance of being looked at form a stratum, and those of it that were drawn at random stand for
the rest: each counts as often as one in so many was drawn (D. G. Horvitz, D. J. Thompson, "A generalization of sampling
without replacement from a finite universe", JASA 47 (1952)). The chance is what was really drawn of what really came,
and not what the policy asked for, since a day's budget may have cut it short. The interval of a stratum is E. B.
Wilson's (1927) with the finite population's correction; strata are added up by the method of variance estimates
recovery (G. Y. Zou, A. Donner, Statistics in Medicine 27 (2008)), which needs no resampling and holds where nothing
was found.

For training the same chances are weights: stabilised (J. M. Robins, M. A. Hernán, B. Brumback, Epidemiology 11 (2000))
and clipped, so that no single post outvotes a hundred others; clipping errs towards what was looked at more often.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from moderation.quality.agreement import Z

CLIP: Final = 20.0
"""No example weighs more than so many average ones."""
LEAST_DRAWN: Final = 10
"""Strata with fewer are added to their neighbours, so that each says something."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """`population` posts that had the same chance to be looked at, of which `drawn` were, at random.

    `harmful`: by label, how many of those drawn people found to be harmful; a soft label counts as its part.
    """

    name: str
    population: int
    drawn: int
    harmful: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.drawn <= self.population or any(not 0 <= each <= self.drawn for each in self.harmful.values()):
            raise ValueError(f"the stratum {self.name!r} has more of a part than of the whole")

    @property
    def weight(self) -> float:
        """For how many posts one that was drawn stands; 0 where none was."""
        return self.population / self.drawn if self.drawn else 0.0


@dataclass(frozen=True, slots=True)
class Estimate:
    """How many posts of `population`, with the interval that holds the truth 95 times of 100.

    `found`: how many of those looked at; `unseen`: posts of strata of which none was drawn, about which nothing is
    known: they add nothing to `count`, and all of them to `high`.
    """

    count: float
    low: float
    high: float
    population: int
    drawn: int
    found: float
    unseen: int = 0

    @property
    def share(self) -> float:
        """Of the population; 0 of nothing."""
        return self.count / self.population if self.population else 0.0


@dataclass(frozen=True, slots=True)
class Weighted:
    """A share by weighted examples. `effective`: as how many equally likely ones they tell (L. Kish, 1965);
    `clipped`: how many weights were cut."""

    value: float
    low: float
    high: float
    effective: float
    clipped: int


def harm(strata: Iterable[Stratum], label: str) -> Estimate:
    """How many posts in all strata together are harmful by this label."""
    count = found = below = above = 0.0
    population = drawn = unseen = 0
    for each in strata:
        population, drawn = population + each.population, drawn + each.drawn
        if not each.drawn:
            unseen += each.population
            continue
        hits = each.harmful.get(label, 0.0)
        share = hits / each.drawn
        low, high = interval(share, each.drawn, each.population)
        count, found = count + share * each.population, found + hits
        below += (each.population * (share - low)) ** 2
        above += (each.population * (high - share)) ** 2
    return Estimate(
        count,
        max(found, count - math.sqrt(below)),
        min(float(population), count + math.sqrt(above) + unseen),
        population,
        drawn,
        found,
        unseen,
    )


def interval(share: float, n: float, population: int | None = None) -> tuple[float, float]:
    """Wilson's interval of a share of `n`; of a finite population it closes as all of it is looked at."""
    if n <= 0:
        return 0.0, 1.0
    if population is not None:
        if n >= population:
            return share, share
        n *= (population - 1) / (population - n)
    z2 = Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    spread = Z / (1 + z2 / n) * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - spread), min(1.0, middle + spread)


def chances(population: int, rates: Sequence[float]) -> list[float]:
    """The chance that each of those drawn really had, from the rates at which they were: in proportion to these, and so
    that together they stand for the whole population."""
    scale = sum(1.0 / rate for rate in rates) / population
    return [min(1.0, scale * rate) for rate in rates]


def collapse(strata: Sequence[Stratum], least: int = LEAST_DRAWN) -> list[Stratum]:
    """Neighbours joined, in their order, until each has at least `least` drawn; the last one joins the one before."""
    joined: list[Stratum] = []
    open_: Stratum | None = None
    for each in strata:
        open_ = each if open_ is None else _join(open_, each)
        if open_.drawn >= least:
            joined.append(open_)
            open_ = None
    if open_ is not None:
        joined.append(_join(joined.pop(), open_) if joined else open_)
    return joined


def _join(one: Stratum, other: Stratum) -> Stratum:
    labels = {*one.harmful, *other.harmful}
    harmful = {label: one.harmful.get(label, 0.0) + other.harmful.get(label, 0.0) for label in labels}
    return Stratum(one.name, one.population + other.population, one.drawn + other.drawn, harmful)


def weights(propensities: Sequence[float], most: float = CLIP) -> list[float]:
    """What each example weighs in training, 1 on average before clipping: any one's chance to be looked at, by its own.

    Raises ValueError for a chance outside of (0, 1].
    """
    if any(not 0 < each <= 1 for each in propensities):
        raise ValueError("a chance to be looked at is above 0, and at most 1")
    if not propensities:
        return []
    of_any = len(propensities) / sum(1 / each for each in propensities)
    return [min(most, of_any / each) for each in propensities]


def weighted_share(harmful: Sequence[float], propensities: Sequence[float], most: float = CLIP) -> Weighted:
    """The share of harm among all posts by examples that were looked at with these chances (a Hájek estimate)."""
    if len(harmful) != len(propensities):
        raise ValueError("each example needs its chance")
    if not harmful:
        return Weighted(0.0, 0.0, 1.0, 0.0, 0)
    each = weights(propensities, most)
    whole = sum(each)
    value = sum(weight * its for weight, its in zip(each, harmful, strict=True)) / whole
    effective = whole * whole / sum(weight * weight for weight in each)
    return Weighted(value, *interval(value, effective), effective, sum(weight >= most for weight in each))
