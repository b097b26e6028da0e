"""How far people agree beyond chance: Cohen's kappa for two readings, Krippendorff's alpha for any number. Pure.

Sources: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960);
J. L. Fleiss, J. Cohen, B. S. Everitt, "Large sample standard errors of kappa and weighted kappa", Psychological
Bulletin 72 (1969); K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011); E. B. Wilson, "Probable
inference, the law of succession, and statistical inference", JASA 22 (1927).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959963984540054
"""For intervals that hold the truth 95 times of 100."""
RESAMPLES: Final = 500


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often `n` units were answered alike, and how far that is beyond chance (1: always, 0: as chance would).

    `beyond_chance` is None where everybody always says the same, so that chance can't be told from agreement.
    """

    n: int
    observed: float
    beyond_chance: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a sample, with the interval in which that of the whole lies."""

    count: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing."""
        return self.count / self.of if self.of else 0.0


def cohens_kappa(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Cohen's kappa of two readings of each unit, with the large-sample interval of Fleiss, Cohen and Everitt."""
    n = len(pairs)
    if n == 0:
        return Agreement(0, 0.0, None, None, None)
    first, second, both = Counter(a for a, _ in pairs), Counter(b for _, b in pairs), Counter(pairs)
    observed = sum(count for (a, b), count in both.items() if a == b) / n
    expected = sum(first[word] * second[word] for word in first) / n**2
    if expected >= 1:
        return Agreement(n, observed, None, None, None)
    kappa = (observed - expected) / (1 - expected)
    spread = Z * math.sqrt(_variance(both, first, second, n, observed, expected))
    return Agreement(n, observed, kappa, max(-1.0, kappa - spread), min(1.0, kappa + spread))


def _variance(
    both: Counter[tuple[Hashable, Hashable]],
    first: Counter[Hashable],
    second: Counter[Hashable],
    n: int,
    observed: float,
    expected: float,
) -> float:
    """Equation 13 of Fleiss, Cohen and Everitt."""
    total = 0.0
    for (a, b), count in both.items():
        share = count / n
        if a == b:
            total += share * ((1 - expected) - (first[a] + second[a]) / n * (1 - observed)) ** 2
        else:
            total += share * (1 - observed) ** 2 * ((second[a] + first[b]) / n) ** 2
    total -= (observed * expected - 2 * expected + observed) ** 2
    return max(total, 0.0) / (n * (1 - expected) ** 4)


def krippendorffs_alpha(units: Sequence[Sequence[Hashable]]) -> Agreement:
    """Krippendorff's alpha for nominal answers, any number of readers a unit; units read once are left out.

    The interval is that of resampled units, drawn with a fixed seed: the same data give the same interval.
    """
    paired = [tuple(unit) for unit in units if len(unit) > 1]
    value, observed = _alpha(paired)
    if value is None or len(paired) < 2:
        return Agreement(len(paired), observed, value, None, None)
    chance = random.Random(len(paired))
    drawn = [_alpha(chance.choices(paired, k=len(paired)))[0] for _ in range(RESAMPLES)]
    found = sorted(each for each in drawn if each is not None)
    if not found:
        return Agreement(len(paired), observed, value, None, None)
    return Agreement(len(paired), observed, value, found[int(0.025 * len(found))], found[int(0.975 * (len(found) - 1))])


def _alpha(units: Sequence[Sequence[Hashable]]) -> tuple[float | None, float]:
    """Alpha, and the observed agreement."""
    totals: Counter[Hashable] = Counter()
    agreeing = 0.0
    for unit in units:
        counts = Counter(unit)
        totals.update(counts)
        agreeing += sum(count * (count - 1) for count in counts.values()) / (len(unit) - 1)
    n = totals.total()
    if n < 2:
        return None, 0.0
    observed = agreeing / n
    expected = sum(count * (count - 1) for count in totals.values()) / (n * (n - 1))
    if expected >= 1:
        return None, observed
    return 1 - (1 - observed) / (1 - expected), observed


def wilson(count: int, of: int) -> Share:
    """A share with Wilson's interval; of nothing, everything is possible."""
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    share, z2 = count / of, Z**2
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    spread = Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of**2))
    return Share(count, of, max(0.0, middle - spread), min(1.0, middle + spread))
