"""How far two distributions are apart, and from where on that is no accident. Pure.

The distance is the population stability index, PSI = Σ (c - r) ln(c / r) over the bins' shares before (r) and now (c),
and beside it Jensen and Shannon's divergence (J. Lin, IEEE Transactions on Information Theory 37, 1991), in bits. Rules
of thumb (0.1 is some, 0.25 is much) know nothing of how many posts were counted: with 50 posts in ten bins chance alone
gives 0.2. If nothing has changed, PSI is distributed as χ² with B - 1 degrees of freedom times (1/n + 1/m) for n posts
before and m now in B bins (B. Yurdakul, "Statistical properties of population stability index", 2018).

Posts aren't independent: who writes one writes ten, and Sundays aren't Mondays. By how much more days differ than
independent posts would (φ = Pearson's X² of the days before, by its degrees of freedom, at least 1) is reckoned from
the days before themselves, as for quasi-likelihoods (P. McCullagh, J. A. Nelder, "Generalized linear models", 1989,
4.5); since φ is an estimate, F takes the place of χ². So something has drifted where

    PSI > max(0.1, φ (B - 1) F(1 - α; B - 1, (D - 1)(B - 1)) (1/n + 1/m))

for D days before. α is one in two hundred by the number of measures looked at. By simulation of one measure with four
bins, at 70, 280 and 2,000 posts a week, by people who write now one post and now up to ten, at most two of 300 houses
where nothing changes hear of a change (the tests do this); all measures together weren't simulated. F's quantile is
Paulson's approximation by cube roots (Annals of Mathematical Statistics 13 (1942)).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

LEAST: Final = 0.1
"""Below this nothing is worth anybody's time, however sure."""
MUCH: Final = 0.25
FALSE_ALARMS: Final = 0.005
"""Of looks at everything, where nothing changes."""
LEAST_EXPECTED: Final = 5.0
"""Bins with fewer posts than this in either time are joined with their neighbours."""
LEAST_NOW: Final = 50
LEAST_BEFORE: Final = 200
LEAST_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin, or several joined: its share before and now."""

    names: tuple[str, ...]
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A distribution now beside the one before. `bound`: what `psi` must exceed; `spread`: φ."""

    bins: tuple[Bin, ...]
    n_before: int
    n_now: int
    psi: float
    js: float
    bound: float
    spread: float

    @property
    def drifted(self) -> bool:
        """Whether it is too much to be an accident, and enough to matter."""
        return self.psi > self.bound

    @property
    def much(self) -> bool:
        """Whether it is as much as the rule of thumb calls much."""
        return self.drifted and self.psi > MUCH


def compare(
    days: Sequence[Mapping[str, int]], now: Mapping[str, int], order: Sequence[str], alpha: float
) -> Comparison | None:
    """Counts now beside those of the `days` before; None where there is too little to say anything.

    `order`: the bins, neighbours beside each other. `alpha`: how often nothing may be taken for something.
    """
    before: Counter[str] = Counter()
    for day in days:
        before.update(day)
    n, m = before.total(), sum(now.values())
    if n < LEAST_BEFORE or m < LEAST_NOW or sum(1 for day in days if sum(day.values())) < LEAST_DAYS:
        return None
    joined = _join(before, now, order, n, m)
    then, here = [_sum(before, names) for names in joined], [_sum(now, names) for names in joined]
    shares = [_share(each, n, len(joined)) for each in then], [_share(each, m, len(joined)) for each in here]
    phi, freedom = spread([[_sum(day, names) for names in joined] for day in days])
    degrees = len(joined) - 1
    by_chance = (
        phi * degrees * f_quantile(1 - alpha, degrees, freedom) * (1 / n + 1 / m) if degrees and freedom else 0.0
    )
    return Comparison(
        tuple(Bin(names, a / n, b / m) for names, a, b in zip(joined, then, here, strict=True)),
        n,
        m,
        psi(*shares),
        jensen_shannon(*shares),
        max(LEAST, by_chance),
        phi,
    )


def psi(before: Sequence[float], now: Sequence[float]) -> float:
    """The population stability index of shares that are all above 0."""
    return sum((c - r) * math.log(c / r) for r, c in zip(before, now, strict=True))


def jensen_shannon(one: Sequence[float], other: Sequence[float]) -> float:
    """Jensen and Shannon's divergence in bits: 0 for the same, 1 for distributions that have nothing in common."""
    middle = [(a + b) / 2 for a, b in zip(one, other, strict=True)]
    return (_kullback(one, middle) + _kullback(other, middle)) / 2


def f_quantile(probability: float, above: float, below: float) -> float:
    """What F with so many degrees of freedom stays under with this probability (Paulson's approximation)."""
    z = NormalDist().inv_cdf(probability)
    b, d = 2 / (9 * above), 2 / (9 * below)
    a, c = 1 - b, 1 - d
    root: float = (a * c + z * math.sqrt(max(a * a * d + c * c * b - b * d * z * z, 0.0))) / max(
        c * c - z * z * d, 1e-9
    )
    return root**3


def _kullback(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * math.log2(a / b) for a, b in zip(one, other, strict=True) if a > 0)


def _share(count: int, of: int, bins: int) -> float:
    """With half a post more in each bin, so that an empty one isn't infinitely far away."""
    return (count + 0.5) / (of + 0.5 * bins)


def _sum(counts: Mapping[str, int], names: Sequence[str]) -> int:
    return sum(counts.get(name, 0) for name in names)


def _join(
    before: Mapping[str, int], now: Mapping[str, int], order: Sequence[str], n: int, m: int
) -> list[tuple[str, ...]]:
    """Neighbouring bins together until so many posts are expected in each, before and now."""
    joined: list[tuple[str, ...]] = []
    open_: tuple[str, ...] = ()
    least = LEAST_EXPECTED / min(n, m) * (n + m)
    for name in order:
        open_ = (*open_, name)
        if _sum(before, open_) + _sum(now, open_) >= least:
            joined.append(open_)
            open_ = ()
    if open_:
        joined = [*joined[:-1], (*joined[-1], *open_)] if joined else [open_]
    return joined


def spread(days: Sequence[Sequence[int]]) -> tuple[float, int]:
    """φ of days by bins, and the degrees of freedom that it comes from."""
    filled = [day for day in days if sum(day)]
    whole = [sum(column) for column in zip(*filled, strict=True)]
    n, present = sum(whole), [place for place, count in enumerate(whole) if count]
    freedom = (len(filled) - 1) * (len(present) - 1)
    if freedom <= 0:
        return 1.0, 0
    chi2 = 0.0
    for day in filled:
        size = sum(day)
        chi2 += sum((day[i] - size * whole[i] / n) ** 2 / (size * whole[i] / n) for i in present)
    return max(1.0, chi2 / freedom), freedom
