"""The planner for pages and command line: a house as its rows have it, or as a dozen numbers describe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from app.reviewing.model import text_model
from app.services import Services
from moderation.planning import card, examples, history, plans
from moderation.planning.examples import BOUNDS, HOUSES, House
from moderation.planning.history import Known
from moderation.planning.plans import Aim, Plan, Situation
from moderation.policy import store

OWN: Final = "own"
AIMS: Final[Mapping[str, tuple[float, float]]] = {
    "minutes": (5, 10_080),
    "share": (0.1, 1),
    "wrong_hold": (0, 10),
    "harmless_at_most": (0, 1),
}
"""Between which bounds what is wanted of answers may be."""
LIMITS: Final[Mapping[str, tuple[float, float]]] = {**BOUNDS, **AIMS}
FIELDS: Final = tuple(each.name for each in fields(House))


@dataclass(frozen=True, slots=True)
class Planned:
    """A house that was looked at. `known` is what its rows tell; None where it is a described one."""

    which: str
    house: House
    aim: Aim
    known: Known | None
    situation: Situation
    plan: Plan


def aim_of(given: Mapping[str, float]) -> Aim:
    """What is wanted of answers, with these numbers in place of the usual ones."""
    return replace(Aim(), **{name: given[name] for name in AIMS if name in given})


def house_of(which: str, given: Mapping[str, float]) -> House:
    """An example, with these numbers in place of its own."""
    return replace(HOUSES.get(which, examples.LARGE), **{name: given[name] for name in FIELDS if name in given})


def outside(given: Mapping[str, float]) -> list[str]:
    """The names of numbers that aren't within their bounds."""
    return [name for name, value in given.items() if not LIMITS[name][0] <= value <= LIMITS[name][1]]


def look(services: Services, session: Session, which: str, given: Mapping[str, float], now: datetime) -> Planned | None:
    """The plan of a house; None where the house's own is asked for and too little is known of it."""
    model = text_model(services)
    lines = model.hold_lines if model is not None else {}
    aim, house = aim_of(given), house_of(which, given)
    if which == OWN:
        known = history.read(session, model, aim, now) if model is not None else None
        if known is None:
            return None
        situation = known.situation
    else:
        known = None
        policy = store.current(session)
        situation = examples.situation(house, card.cards(policy, lines, card.in_use(session), now), aim, policy.holds)
    return Planned(which, house, aim, known, situation, plans.plan(situation))
