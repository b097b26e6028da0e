"""How samples are spread over a day: all posts have the same chance, so that about as many come as are wanted. Pure.

A rate alone would spend a busy day's number in its first hours, and draw nothing of the others: then samples speak for
those hours alone. So the rate falls with what is expected, and the bound is there for what nobody expected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderation.policy.values import Audits
from moderation.values import Outcome

FACT: Final = "d"
"""Under this name the facts of a verdict that was drawn keep the chance that it had."""


@dataclass(frozen=True, slots=True)
class Expected:
    """Public posts a day: simply let in, and restrained."""

    let_in: float = 0.0
    restrained: float = 0.0


@dataclass(frozen=True, slots=True)
class Rates:
    """The chance that a post has now to be drawn."""

    let_in: float = 0.0
    restrained: float = 0.0

    def of(self, outcome: Outcome) -> float:
        """By what machines did with it."""
        return self.let_in if outcome is Outcome.APPROVE else self.restrained


def rates(audits: Audits, expected: Expected) -> Rates:
    """As the policy wants them, or so much lower that on average a day's number is drawn."""
    wanted = audits.rate * expected.let_in + audits.restrained_rate * expected.restrained
    part = min(1.0, audits.per_day / wanted) if wanted > 0.0 else 1.0
    return Rates(part * audits.rate, part * audits.restrained_rate)


def bound(per_day: int) -> int:
    """How many are drawn within a day at most: by chance alone more are once in hundreds of days."""
    return math.ceil(per_day + 3.0 * math.sqrt(per_day))


def chance_of(facts: Mapping[str, Any] | None) -> float | None:
    """The chance with which a post was drawn; None where nobody wrote it down."""
    found = (facts or {}).get(FACT)
    return float(found) if isinstance(found, int | float) and 0.0 < found <= 1.0 else None
