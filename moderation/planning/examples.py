"""Two houses to begin with, and any that is described in a dozen numbers: how it would fare. Pure.

Nothing is known of such a house but these assumptions, which the page shows as fields, and the model's card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from moderation.planning.bands import Borrowed, of_card, places
from moderation.planning.plans import Aim, Ends, Label, Situation
from moderation.planning.waiting import STEPS_A_DAY, Staffing
from moderation.policy.values import HoldTimes, moved

SHARES: Final[Mapping[str, float]] = {
    "spam": 0.55,
    "harassment": 0.25,
    "hate": 0.1,
    "violence": 0.04,
    "sexual": 0.06,
}
"""Of posts that break a rule, how many break which: an assumption."""


@dataclass(frozen=True, slots=True)
class House:
    """A house in numbers."""

    members: float
    """Active in a month."""
    moderators: float
    hours_a_week: float
    """Of each."""
    from_hour: float
    to_hour: float
    """Between which hours (UTC) shifts are laid."""
    posts_a_day: float = 1.0
    """Public posts of an active member."""
    from_elsewhere: float = 1.5
    """Public posts from other servers that somebody here sees, for each of a member."""
    strangers: float = 0.3
    """Which part of posts is by authors without a good record here: the others aren't held by the model alone."""
    harmful: float = 4.0
    """Of a thousand posts of strangers, so many break a rule."""
    seconds: float = 75.0
    """For a case."""
    others: float = 0.5
    """Reports and appeals a day, for a thousand active members."""

    @property
    def judged_a_day(self) -> float:
        """Posts that the model may hold."""
        return self.members * self.posts_a_day * (1.0 + self.from_elsewhere) * self.strangers


BOUNDS: Final[Mapping[str, tuple[float, float]]] = {
    "members": (1, 100_000_000),
    "moderators": (1, 10_000),
    "hours_a_week": (0.5, 60),
    "from_hour": (0, 24),
    "to_hour": (0, 24),
    "posts_a_day": (0, 100),
    "from_elsewhere": (0, 1000),
    "strangers": (0, 1),
    "harmful": (0, 1000),
    "seconds": (5, 3600),
    "others": (0, 1000),
}
"""Between which each of these numbers may be."""
LARGE: Final = House(members=210_000, moderators=5, hours_a_week=35, from_hour=0, to_hour=24)
"""The reference: 210,000 active members and five freelancers."""
CLUB: Final = House(members=50, moderators=1, hours_a_week=3.5, from_hour=19, to_hour=22)
"""A club with one volunteer, who looks in for half an hour an evening."""
HOLDS: Final = HoldTimes(4, 24)
"""As a policy begins with."""
HOUSES: Final[Mapping[str, House]] = {"large": LARGE, "club": CLUB}


@dataclass(frozen=True, slots=True)
class Card:
    """What is taken from the policy and the model for a label: what it weighs, its line, its figures; whether it holds
    nothing yet, and by how many logits its line is up for a while."""

    severity: float
    line: float | None
    grave: bool
    figures: Borrowed
    waits: bool = False
    lifted: float = 0.0


def _label(house: House, name: str, card: Card) -> Label:
    at = places(card.line, moved(card.line, card.lifted) if card.line is not None else None)
    harmful = house.harmful / 1000 * SHARES.get(name, 0.0)
    bands = of_card(card.figures, house.judged_a_day, harmful, at)
    return Label(name, card.severity, card.line, bands, card.grave, card.waits, card.lifted)


def situation(house: House, cards: Mapping[str, Card], aim: Aim, holds: HoldTimes = HOLDS) -> Situation:
    """A described house as the planner sees it."""
    labels = tuple(_label(house, name, card) for name, card in cards.items() if SHARES.get(name))
    ends = Ends(holds.local_hours, holds.remote_hours, 1.0 / (1.0 + house.from_elsewhere))
    return Situation(labels, staffing(house), house.members * house.others / 1000, aim=aim, ends=ends)


def staffing(house: House) -> Staffing:
    """Shifts laid evenly between two hours, and where they don't fill these, from the first on."""
    window = (house.to_hour - house.from_hour) % 24 or 24.0
    steps = max(1, round(window / 24 * STEPS_A_DAY))
    first = round(house.from_hour / 24 * STEPS_A_DAY)
    work = house.moderators * house.hours_a_week / 7 / 24 * STEPS_A_DAY
    everywhere = min(math.floor(work / steps), house.moderators)
    rest = min(work - everywhere * steps, steps)
    day = [0.0] * STEPS_A_DAY
    for number in range(steps):
        more = min(1.0, max(0.0, rest - number)) if everywhere < house.moderators else 0.0
        day[(first + number) % STEPS_A_DAY] = everywhere + more
    return Staffing(tuple(day * 7), house.seconds)
