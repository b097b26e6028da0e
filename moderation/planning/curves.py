"""What moving one label's line alone would change, place by place: the curves of the planner's page. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from moderation.planning import plans, waiting
from moderation.planning.plans import Amount, Label, Lines, Situation
from moderation.planning.waiting import Waits

LOADS: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85, 0.93, 0.98)
"""Where waiting is reckoned; between them it is read off."""


@dataclass(frozen=True, slots=True)
class Point:
    """A label's line at one place, the other labels' where they are."""

    line: float
    held_a_day: float
    """Of this label."""
    in_time: float
    """Which part of all held posts is answered within the time wanted."""
    missed: Amount
    wronged_authors: float


class Ladder:
    """How long held posts wait at any load, from a few at which it was reckoned."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation
        self._rungs = [
            waiting.waits(situation.staffing, load * situation.staffing.cases_a_day, situation.rhythm) for load in LOADS
        ]

    def in_time(self, work_a_day: float) -> float:
        """Which part is answered within the time wanted where so many average cases are held."""
        return self._read(work_a_day, lambda waits: waits.share_within(self._situation.aim.minutes))

    def unanswered(self, work_a_day: float) -> float:
        """Which part nobody answers before its hold ends."""
        return 1.0 - self._read(work_a_day, lambda waits: 1.0 - self._situation.ends.unanswered(waits))

    def _read(self, work_a_day: float, of: Callable[[Waits], float]) -> float:
        """Between two rungs; nothing where people fall behind."""
        able = self._situation.staffing.cases_a_day
        load = (work_a_day + self._situation.others_a_day) / able if able else math.inf
        if load >= LOADS[-1]:
            return 0.0
        index = bisect_right(LOADS, load) - 1
        part = (load - LOADS[index]) / (LOADS[index + 1] - LOADS[index])
        return (1 - part) * of(self._rungs[index]) + part * of(self._rungs[index + 1])


def of_label(situation: Situation, label: Label, lines: Lines, ladder: Ladder) -> list[Point]:
    """The points of one label's curves, lowest line first."""
    others = sum(
        sum(band.work_a_day for band in each.cut(lines.get(each.name))[1])
        for each in situation.labels
        if each.name != label.name
    )
    found = []
    for band in label.bands[1:]:
        below, above = label.cut(band.low)
        held = sum(each.a_day for each in above)
        wrong = sum(each.harmless_a_day for each in above)
        work = others + sum(each.work_a_day for each in above)
        found.append(
            Point(
                band.low,
                held,
                ladder.in_time(work),
                plans.missed(below, above, ladder.unanswered(work)),
                wrong / situation.posts_an_author,
            )
        )
    return found
