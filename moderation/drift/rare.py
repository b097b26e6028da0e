"""Whether the share of what is rare has changed, which the distance of whole distributions can't see. Pure.

Where one post in two hundred scores high, that share may halve, and the PSI of all bins moves by .002: nothing beside
the 0.1 that is worth anybody's time. So the share itself is compared, by the logarithm of its ratio, whose variance is
φ (1/x + 1/y) for x such posts before and y now; φ is by how much more the days before differ than independent posts
would, at least 1, and Student's t takes the place of the normal distribution, since φ is an estimate (as in
`divergence`). It has changed where that is no accident, and by half or more of itself: to 1.5 times, or two thirds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from moderation.drift import divergence
from moderation.planning import exact

LEAST: Final = math.log(1.5)
"""Of the ratio's logarithm: below this nothing is worth anybody's time, however sure."""
FEWEST: Final = 10
"""Such posts, of both times together."""


@dataclass(frozen=True, slots=True)
class Rare:
    """A share before and now. `p`: how probable so large a change is where nothing has; `alpha`: what it must be
    below."""

    before: float
    now: float
    p: float
    alpha: float

    @property
    def drifted(self) -> bool:
        """Whether it is too much to be an accident, and enough to matter."""
        return self.p < self.alpha and abs(self.change) >= LEAST

    @property
    def change(self) -> float:
        """The ratio's logarithm."""
        return math.log(self.now / self.before)


def compare(
    days: Sequence[Mapping[str, int]], now: Mapping[str, int], told: frozenset[str], alpha: float
) -> Rare | None:
    """The share of these bins now beside the `days` before; None where there is too little to say anything."""
    pairs = [(_in(day, told), sum(day.values())) for day in days if sum(day.values())]
    x, n = sum(count for count, _ in pairs), sum(whole for _, whole in pairs)
    y, m = _in(now, told), sum(now.values())
    enough = n >= divergence.LEAST_BEFORE and m >= divergence.LEAST_NOW and len(pairs) >= divergence.LEAST_DAYS
    if not enough or not FEWEST <= x + y < n + m:
        return None
    spread, _ = divergence.spread([(count, whole - count) for count, whole in pairs])
    before, here = (x + 0.5) / (n + 1.0), (y + 0.5) / (m + 1.0)
    variance = spread * ((1.0 - before) / (x + 0.5) + (1.0 - here) / (y + 0.5))
    return Rare(before, here, _two_sided(math.log(here / before) ** 2 / variance, len(pairs) - 1), alpha)


def _two_sided(square: float, freedom: int) -> float:
    """How probable it is that Student's t is as far from 0 as this, squared."""
    return exact.beta_below(freedom / (freedom + square), freedom / 2.0, 0.5)


def _in(counts: Mapping[str, int], told: frozenset[str]) -> int:
    return sum(count for name, count in counts.items() if name in told)
