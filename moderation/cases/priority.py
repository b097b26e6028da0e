"""The order of the queue: severity × certainty × reach × age, reports before machine holds.

Age grows for all cases alike, so that taking the logarithm of the rest and subtracting when a case was opened gives
an order that needs no recount: of two equal cases the older comes first, and a case e times as grave is worth a day's
wait.

However large, a wave stays below a report of the same time that is more than low: somebody asked for that, and the
wave is held and waits out of sight.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from moderation.values import CaseOrigin

DAY: Final = 86_400.0
ORIGINS: Final = {
    CaseOrigin.REPORT: 4.0,
    CaseOrigin.CARE: 4.0,
    CaseOrigin.APPEAL: 3.0,
    CaseOrigin.WAVE: 2.0,
    CaseOrigin.HOLD: 1.0,
    CaseOrigin.RETRY: 0.5,
    CaseOrigin.AUDIT: -6.0,
}
COUNTED: Final = frozenset(("severity", "certainty", "reach", "copies", "waiting_author", "reports"))
"""What the word counts. Where a case comes from orders the queue, and says nothing of how grave it is."""
HIGH, MEDIUM = 3.0, 1.9
GRAVE, LIKELY = math.log(8.0), math.log(0.6)
"""Whatever is as grave as this, and that likely, is high, however few would see it."""
WAVE_MOST: Final = ORIGINS[CaseOrigin.REPORT] + MEDIUM - 0.1
"""What a wave weighs at most, with where it comes from: a little less than a report that is medium."""
VOICES_OF_A_DOMAIN: Final = 3.0
"""However many report from one server, together they are no louder than three newcomers."""


@dataclass(frozen=True, slots=True)
class Rank:
    """What a case weighs, and of what."""

    value: float
    parts: dict[str, float]

    @property
    def word(self) -> str:
        """high, medium or low."""
        return word(self.parts)


def rank(
    origin: CaseOrigin,
    opened_at: datetime,
    *,
    severity: float = 1.0,
    certainty: float = 1.0,
    reach: int = 0,
    local: bool = False,
    voices: float = 0.0,
    overdue: float = 0.0,
) -> Rank:
    """A case's place. Reports count by the logarithm of their `voices`."""
    parts = {
        "origin": ORIGINS[origin],
        "severity": math.log(max(severity, 1.0)),
        "certainty": _certainty(certainty),
        "reach": 0.5 * math.log1p(max(reach, 0)),
        "waiting_author": 0.5 if local and origin is CaseOrigin.HOLD else 0.0,
        "reports": math.log1p(max(voices, 0.0)),
    }
    if overdue:
        parts["overdue"] = overdue
    parts = _capped({name: round(value, 4) for name, value in parts.items()})
    return Rank(sum(parts.values()) - opened_at.timestamp() / DAY, parts)


def voices(reporters: Iterable[tuple[str, float]]) -> float:
    """How loud reports are together: (domain, weight) of each, where a newcomer weighs half.

    A newcomer is one voice, who was always right nearly two, who never was hardly any. No domain is louder than
    `VOICES_OF_A_DOMAIN`, however many speak from there.
    """
    by_domain: defaultdict[str, float] = defaultdict(float)
    for domain, weight in reporters:
        by_domain[domain] += 2 * min(max(weight, 0.0), 1.0)
    return sum(min(each, VOICES_OF_A_DOMAIN) for each in by_domain.values())


def grown(value: float, parts: Mapping[str, float], copies: int) -> Rank:
    """The same case with so many members: a wave that grows. It never shrinks."""
    now = max(round(0.5 * math.log(max(copies, 1)), 4), parts.get("copies", 0.0))
    after = _capped({**parts, "copies": now})
    return Rank(value + sum(after.values()) - sum(parts.values()), after)


def as_certain(value: float, parts: Mapping[str, float], certainty: float) -> Rank:
    """The same case, by a machine that is as certain as this."""
    after = _capped({**parts, "certainty": _certainty(certainty)})
    return Rank(value + sum(after.values()) - sum(parts.values()), after)


def _certainty(score: float) -> float:
    return round(math.log(min(max(score, 0.05), 1.0)), 4)


def _capped(parts: dict[str, float]) -> dict[str, float]:
    """The same, with what a wave has too much of as a part of its own. Being past due is counted besides."""
    if parts.get("origin") != ORIGINS[CaseOrigin.WAVE]:
        return parts
    rest = {name: value for name, value in parts.items() if name != "ceiling"}
    excess = sum(value for name, value in rest.items() if name != "overdue") - WAVE_MOST
    return rest | ({"ceiling": -round(excess, 4)} if excess > 0 else {})


def word(parts: Mapping[str, float]) -> str:
    """The parts of a rank as one word: high, medium or low."""
    weight = sum(value for name, value in parts.items() if name in COUNTED)
    if parts.get("severity", 0.0) >= GRAVE and parts.get("certainty", 0.0) >= LIKELY:
        return "high"
    return "high" if weight >= HIGH else "medium" if weight >= MEDIUM else "low"
