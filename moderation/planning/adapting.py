"""When lines for holding go up by themselves, and by how much: the rule. Pure.

It looks at nothing but people's time: how long a held post that comes now would wait for those who are there. While
nobody is meant to be there nothing moves: nights are not short shifts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from moderation.policy.values import Adapt, Adapted

FEWEST: Final = 5
"""Held posts that wait; with fewer nothing moves."""
STEP: Final = 0.25
"""Logits: lines move by so much or not at all."""
RELIEF: Final = 0.5
"""They go back once the wait has fallen to this part of what is too long."""


class Why(StrEnum):
    """What people can't keep up with."""

    SHORT_SHIFT = "short_shift"
    """Fewer are there than was planned."""
    WAVE = "wave"


@dataclass(frozen=True, slots=True)
class Load:
    """What waits, and for whom."""

    waiting: int
    there: int
    planned: int
    each: timedelta
    """How long a case takes."""

    @property
    def wait(self) -> timedelta | None:
        """Of a post that is held now; None for no end, and where nobody is meant to be there."""
        return self.each * (self.waiting + 1) / self.there if self.there else None

    @property
    def is_staffed(self) -> bool:
        """Whether somebody is there, or should be."""
        return self.there > 0 or self.planned > 0

    @property
    def why(self) -> Why:
        """What is the matter, if something is."""
        return Why.SHORT_SHIFT if self.there < self.planned else Why.WAVE


def wanted(load: Load, rule: Adapt) -> float:
    """By how many logits lines should be up, 0 for not at all; never more than the rule's bound."""
    if not rule.on or not load.is_staffed or load.waiting < FEWEST:
        return 0.0
    if load.wait is None:
        return rule.logits
    late = load.wait / timedelta(minutes=rule.minutes)
    return min(rule.logits, max(STEP, _stepped(math.log(late)))) if late > 1.0 else 0.0


def is_relieved(load: Load, rule: Adapt) -> bool:
    """Whether lines can go back: held posts wait for much less than is too long, or nobody is meant to be there."""
    if not rule.on or not load.is_staffed or load.waiting < FEWEST:
        return True
    return load.wait is not None and load.wait <= RELIEF * timedelta(minutes=rule.minutes)


def may_begin(last: Adapted | None, ended_at: datetime | None, rule: Adapt, now: datetime) -> bool:
    """Whether they may go up again. What its time ended isn't followed by another before as long again is over."""
    if last is None or ended_at is None or ended_at < last.until:
        return True
    return now >= last.until + timedelta(hours=rule.hours)


def _stepped(logits: float) -> float:
    return STEP * math.floor(logits / STEP)
