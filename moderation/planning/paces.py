"""How long a case takes by what it is: measured where decisions are many, the usual time where they are few. Pure.

Times of cases are skewed, so that medians are compared, on the scale of logarithms: what origin, label and language add
is fitted in turn until each is what is left beside the others (a median polish; J. W. Tukey, Exploratory Data Analysis,
1977), and each is held back towards nothing as if POOL usual cases had been seen besides.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import fmean, median
from typing import Final

from moderation.drift import measures

FEWEST: Final = 20
"""Cases, before kinds of them are told apart."""
POOL: Final = 20.0
"""So many cases of a group make it count as much as the usual time does."""
TRIMMED: Final = 0.05
"""Of an average, the fastest and slowest are left out, this part of each: slips of the hand, and cases left open."""
ROUNDS: Final = 40


class By(StrEnum):
    """What tells cases apart."""

    ORIGIN = "origin"
    LABEL = "label"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Handled:
    """A case that somebody decided. `seconds` from taking it, without what wasn't work; empty words for unknown."""

    seconds: float
    origin: str
    label: str
    language: str

    def word(self, by: By) -> str:
        """What it is of a kind."""
        return {By.ORIGIN: self.origin, By.LABEL: self.label, By.LANGUAGE: self.language}[by]


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one origin, label or language. `median`: seconds as measured; `factor`: what is reckoned with, as a part
    of the usual case and with what the others explain taken out."""

    by: By
    word: str
    cases: int
    median: float
    factor: float


@dataclass(frozen=True, slots=True)
class Paces:
    """How long kinds of cases take beside each other. Without any all are alike."""

    cases: int = 0
    mean: float = 0.0
    """Seconds in hand, of a case, on average, the fastest and slowest left out."""
    groups: tuple[Group, ...] = ()
    _factors: Mapping[tuple[By, str], float] = field(default_factory=dict)
    _usual: float = 1.0

    def effort(self, origin: str, label: str | None, language: str | None) -> float:
        """How long such a case takes, as a part of the average case; 1 for what nothing is known of."""
        words = ((By.ORIGIN, origin), (By.LABEL, label or ""), (By.LANGUAGE, language_of(language)))
        return self._usual * math.prod(self._factors.get(each, 1.0) for each in words)


ALIKE: Final = Paces()


def language_of(code: str | None) -> str:
    """A language without its region; empty where nobody said it."""
    found = (code or "").split("-")[0].lower()
    return "" if found == measures.UNSAID else found


def of(handled: Iterable[Handled]) -> Paces:
    """What decided cases tell; ALIKE while they are too few."""
    known = [each for each in handled if each.seconds > 0.0]
    if len(known) < FEWEST:
        return ALIKE
    factors = {key: math.exp(effect) for key, effect in _polished(known).items()}
    usual = 1.0 / fmean(math.prod(factors[by, each.word(by)] for by in By) for each in known)
    groups = tuple(group for by in By for group in _groups(known, by, factors))
    return Paces(len(known), _trimmed_mean([each.seconds for each in known]), groups, factors, usual)


def _trimmed_mean(seconds: Iterable[float]) -> float:
    ordered = sorted(seconds)
    out = int(len(ordered) * TRIMMED)
    return fmean(ordered[out : len(ordered) - out])


def _polished(handled: Sequence[Handled]) -> dict[tuple[By, str], float]:
    """What each group adds to the logarithm of a case's seconds; on average of the cases, nothing."""
    left = _centred([math.log(each.seconds) for each in handled])
    effects = {(by, each.word(by)): 0.0 for by in By for each in handled}
    for _ in range(ROUNDS):
        for by in By:
            own = [effects[by, each.word(by)] for each in handled]
            left = [rest + effect for rest, effect in zip(left, own, strict=True)]
            effects |= _effects(handled, by, left)
            left = _centred([rest - effects[by, each.word(by)] for rest, each in zip(left, handled, strict=True)])
    return effects


def _centred(values: Sequence[float]) -> list[float]:
    middle = median(values)
    return [value - middle for value in values]


def _effects(handled: Sequence[Handled], by: By, left: Sequence[float]) -> dict[tuple[By, str], float]:
    """Of one way of telling cases apart, from what the others leave; centred, so that the usual case stays usual."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for each, rest in zip(handled, left, strict=True):
        found[each.word(by)].append(rest)
    held_back = {word: median(values) * len(values) / (len(values) + POOL) for word, values in found.items()}
    centre = sum(held_back[word] * len(values) for word, values in found.items()) / len(handled)
    return {(by, word): effect - centre for word, effect in held_back.items()}


def _groups(handled: Sequence[Handled], by: By, factors: Mapping[tuple[By, str], float]) -> list[Group]:
    """The most frequent first."""
    counts = Counter(each.word(by) for each in handled)
    return [
        Group(by, word, count, median(each.seconds for each in handled if each.word(by) == word), factors[by, word])
        for word, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    ]
