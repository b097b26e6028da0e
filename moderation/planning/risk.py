"""Lines with a guarantee: what is held wrongly, or missed, stays below a bound, with a stated certainty. Pure.

Learn then test (A. N. Angelopoulos, S. Bates, E. J. Candès, M. I. Jordan, L. Lei, 2021): each line is a hypothesis,
"here the error is above the bound", tested by the exact binomial tail, in an order fixed beforehand, from the safest
line on; the first that can't be rejected ends it. So no correction for many lines is due, and with probability
1 - `risk` the line chosen keeps its bound, however few the examples. Where they are too few, there is no such line,
and that is said.

Conformal risk control (Angelopoulos, Bates, Fisch, Lei, Schuster, 2022) bounds the mean over all draws of examples
instead: less is promised, and fewer examples do.

Both suppose that the examples are exchangeable with what is to come: drawn at random from the same traffic. Decisions
on what machines held aren't; `uniform` thins them out until they are. What an example is, is what more people say than
not: those on which a line would rest are read twice (`moderation.quality.reviews`).
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from moderation.planning import exact

RISK: Final = 0.1


class Error(StrEnum):
    """What a line can get wrong."""

    FALSE_HOLD = "false_hold"
    """Of harmless posts, the part that is held."""
    MISSED_HARM = "missed_harm"
    """Of harmful posts, the part that isn't."""


@dataclass(frozen=True, slots=True)
class Example:
    """A post that somebody decided, with the model's score."""

    score: float
    harmful: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One that was looked at with a known chance. `key` names it, so that thinning is the same each time."""

    example: Example
    chance: float
    key: str


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A line that keeps its bound with certainty 1 - `risk`, and what was seen of it."""

    line: float
    error: Error
    bound: float
    risk: float
    wrong: int
    of: int
    at_most: float
    """The exact upper bound of this line's error by itself."""


def uniform(drawn: Iterable[Drawn]) -> list[Example]:
    """As many of them as make a sample in which every post had the same chance: that of the rarest."""
    all_ = list(drawn)
    least = min((each.chance for each in all_), default=1.0)
    return [each.example for each in all_ if lot(each.key) * each.chance < least]


def least_needed(bound: float, risk: float = RISK) -> int:
    """How many examples it takes, if none of them is wrong: with fewer no line can be proven."""
    return math.ceil(math.log(risk) / math.log1p(-bound))


def guaranteed(
    examples: Iterable[Example], error: Error, bound: float, places: Sequence[float], risk: float = RISK
) -> Guarantee | None:
    """The line that holds most (false holds) or least (missed harm) among those that keep the bound; None for none."""
    scores = _scores(examples, error)
    order = sorted(places, reverse=error is Error.FALSE_HOLD)
    last: float | None = None
    for line in order:
        if exact.binomial_at_most(_wrong(scores, line, error), len(scores), bound) > risk:
            break
        last = line
    if last is None:
        return None
    wrong = _wrong(scores, last, error)
    return Guarantee(last, error, bound, risk, wrong, len(scores), exact.upper_bound(wrong, len(scores), risk))


def conformal(examples: Iterable[Example], error: Error, bound: float, places: Sequence[float]) -> float | None:
    """The line whose error stays below the bound on average over draws of as many examples; None for none."""
    scores = _scores(examples, error)
    found = None
    for line in sorted(places, reverse=error is Error.FALSE_HOLD):
        if (_wrong(scores, line, error) + 1) / (len(scores) + 1) > bound:
            break
        found = line
    return found


def _scores(examples: Iterable[Example], error: Error) -> list[float]:
    wanted = error is Error.MISSED_HARM
    return sorted(each.score for each in examples if each.harmful is wanted)


def _wrong(scores: Sequence[float], line: float, error: Error) -> int:
    below = bisect_left(scores, line)
    return below if error is Error.MISSED_HARM else len(scores) - below


def lot(key: str) -> float:
    """A number of [0, 1) that is the same for the same key: below its part of the rarest chance, it stays."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7], "big") / 2**56
