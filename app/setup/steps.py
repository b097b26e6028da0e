"""Which of the first steps were taken, which were left out, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy.orm import Session

from app.instance import facts
from app.services import Services
from moderation.log import chain

FACT: Final = "setup"


class Step(StrEnum):
    """In their order."""

    NAME = "name"
    HOUSE = "house"
    CREW = "crew"
    BLOCKLIST = "blocklist"
    INVITE = "invite"
    PRACTICE = "practice"
    DOORS = "doors"


class Went(StrEnum):
    """What became of a step."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Setup:
    """How far a house is."""

    went: Mapping[Step, Went]

    @property
    def next(self) -> Step | None:
        """The first that was neither taken nor left out; None where there is none."""
        return next(iter(self.left), None)

    @property
    def left(self) -> list[Step]:
        """Those that were neither."""
        return [step for step in Step if step not in self.went]


def of(session: Session) -> Setup:
    """How far this house is; what isn't known is left away."""
    kept: Mapping[str, str] = facts.get(session, FACT, {})
    return Setup({step: Went(kept[step]) for step in Step if kept.get(step) in tuple(Went)})


def mark(services: Services, by: str, step: Step, went: Went) -> Setup:
    """A step was taken, or left out. What was taken stays so."""
    with services.db.write() as session:
        before = of(session).went
        if before.get(step) is not Went.DONE and before.get(step) is not went:
            now = services.clock.now()
            facts.put(
                session, FACT, {**{key.value: value.value for key, value in before.items()}, step: went.value}, now
            )
            chain.append(session, by, "setup_step", f"setup:{step}", {"went": went.value}, now)
        return of(session)


def after(step: Step) -> Step | None:
    """The one that follows; None after the last."""
    every = list(Step)
    place = every.index(step) + 1
    return every[place] if place < len(every) else None
