"""Simulated sign-ups and follows beside what is sent: how members came who are new here, spammers and others.

Only of accounts that are new here is anything known, as at the door; everything else stays as it was drawn.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from models.behaviour import Facts
from models.signups import SignUp

NEW_DAYS: Final = 30.0
"""How long after an account came it is new here; the door asks no longer."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How those of a kind sign up: chances from 0 to 1, and the middle of each count where there is any.

    `started`: hours until the first thing that they send; `followed`: strangers, by a member and by somebody elsewhere.
    """

    throwaway: float
    rare_mail: float
    mail: tuple[float, float]
    range: tuple[float, float]
    reason: tuple[float, float]
    vouched: float
    started: float
    followed: tuple[float, float]


_PEOPLE: Final = Habits(0.03, 0.25, (0.03, 2), (0.15, 1.5), (0.04, 1), 0.6, 2.0, (8, 0.5))
_LIFE: Final[Mapping[str, Habits]] = {
    "mover": Habits(0.02, 0.3, (0.03, 2), (0.15, 1.5), (0.06, 1.5), 0.6, 1.0, (120, 2)),
    "classmate": Habits(0.02, 0.6, (1.0, 10), (0.9, 8), (0.4, 3), 0.75, 0.5, (12, 0)),
}
_SPAMMERS: Final = Habits(0.35, 0.4, (0.5, 3), (0.5, 4), (0.4, 3), 0.1, 0.3, (1, 0.3))
_WAVES: Final[Mapping[str, Habits]] = {
    "follow_bait": Habits(0.35, 0.4, (0.5, 3), (0.5, 4), (0.4, 3), 0.1, 0.3, (150, 30)),
    "follow_spam": Habits(0.35, 0.4, (0.5, 3), (0.5, 4), (0.4, 3), 0.15, 1.0, (150, 30)),
    "signup_swarm": Habits(0.25, 0.85, (1.0, 12), (0.6, 8), (0.6, 6), 0.12, 0.15, (3, 0)),
}


def ordinary(rng: random.Random, kind: str, facts: Facts) -> Facts:
    """With how somebody of ordinary life signed up, and whom they followed."""
    return _with(rng, _LIFE.get(kind, _PEOPLE), facts)


def spam(rng: random.Random, kind: str, facts: Facts) -> Facts:
    """The same of a spammer."""
    return _with(rng, _WAVES.get(kind, _SPAMMERS), facts)


def _with(rng: random.Random, habits: Habits, facts: Facts) -> Facts:
    age = facts.account_age
    drawn = _signed_up(rng, habits)  # drawn also where it isn't known, so that nothing else depends on it
    started, followed = _around(rng, habits.started, 1.3), round(_around(rng, habits.followed[not facts.local], 1.0))
    is_new = age is not None and age <= NEW_DAYS if facts.local else facts.acquaintance <= NEW_DAYS
    if not is_new:
        return facts
    if not facts.local:
        return replace(facts, followed=followed)
    return replace(facts, signup=drawn, started_after=min(started, 24.0 * (age or 0.0)), followed=followed)


def _signed_up(rng: random.Random, habits: Habits) -> SignUp:
    rare = rng.random() < habits.rare_mail
    mail = _crowd(rng, *habits.mail)
    return SignUp(
        throwaway=rng.random() < habits.throwaway,
        rare_mail=rare,
        mail_crowd=mail if rare else 0,
        range_crowd=_crowd(rng, *habits.range),
        reason_crowd=_crowd(rng, *habits.reason),
        vouched=rng.random() < habits.vouched,
    )


def _crowd(rng: random.Random, chance: float, middle: float) -> int:
    size = round(_around(rng, middle, 0.7))
    return size if rng.random() < chance else 0


def _around(rng: random.Random, middle: float, spread: float) -> float:
    return rng.lognormvariate(0.0, spread) * middle
