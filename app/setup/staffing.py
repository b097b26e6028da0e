"""What a crew of so many people can do, before anything was measured: cases a day, and how long a held post waits.

The two figures are assumptions, said on the page; the house's own take their place on the overview as they come in.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.instance import facts, house
from app.reviewing import people, ruling
from app.services import Services
from app.settings import Settings
from moderation.policy import store

FACT: Final = "crew_plan"
A_CASE: Final = timedelta(minutes=3, seconds=30)
"""Reading, deciding, and the notes and appeals that come of it."""
A_SITTING: Final = timedelta(minutes=20)
"""For how long somebody looks in at a time."""
WEEK: Final = timedelta(days=7)
SHORTEST: Final = timedelta(minutes=1)
"""No sooner is an answer promised, however many read."""
_NUMBER: Final = re.compile(r"[0-9]{1,6}")
_DECIMAL: Final = re.compile(r"[0-9]{1,6}([.,][0-9]{1,2})?")
MOST_PEOPLE: Final = 1000
MOST_HOURS: Final = 80
MOST_CASES: Final = 500


@dataclass(frozen=True, slots=True)
class Crew:
    """So many people, each with so many hours a week."""

    people: int
    hours: float
    languages: tuple[str, ...] = ()
    """That they read, as codes; empty where nobody said."""

    @property
    def cases_a_day(self) -> int:
        """How many cases they decide in a day."""
        return int(self._worked / A_CASE / 7)

    @property
    def cases_each(self) -> int:
        """How many cases a day one of them is given before the door holds only the gravest: the policy's budget."""
        return max(1, min(MOST_CASES, round(self._worked / A_CASE / 7 / self.people)))

    @property
    def answered_within(self) -> timedelta:
        """How long a held post waits in the middle: half of the pause between two sittings, spread over the week."""
        return max(SHORTEST, WEEK / max(1.0, self._worked / A_SITTING) / 2)

    @property
    def _worked(self) -> timedelta:
        return timedelta(hours=self.hours) * self.people


def read(people_typed: str, hours_typed: str, languages_typed: str = "") -> Crew:
    """As somebody typed it, hours with a comma or a point. Raises InvalidError."""
    if not _NUMBER.fullmatch(people_typed) or not _DECIMAL.fullmatch(hours_typed):
        raise InvalidError(_("People are a whole number, hours a number such as 5 or 5.5"), code="crew_numbers")
    languages = tuple(house.codes(languages_typed).split())
    crew = Crew(int(people_typed), float(hours_typed.replace(",", ".")), languages)
    if not (1 <= crew.people <= MOST_PEOPLE and 1 <= crew.hours <= MOST_HOURS):
        raise InvalidError(_("From 1 to 1,000 people, each with 1 to 80 hours a week"), code="crew_numbers")
    return crew


def planned(session: Session) -> Crew | None:
    """As it was said last; None where it never was."""
    kept = facts.get(session, FACT)
    if not isinstance(kept, dict) or not {"people", "hours"} <= set(kept) <= {"people", "hours", "languages"}:
        return None
    return Crew(kept["people"], kept["hours"], tuple(kept.get("languages", ())))


def unread(session: Session, settings: Settings, crew: Crew) -> list[str]:
    """The house's languages that nobody of them reads; none where nobody said what they read."""
    wanted = house.house(session, settings).languages if crew.languages else ()
    return [code for code in wanted if code not in crew.languages]


def settle(services: Services, account: AccountRow, crew: Crew) -> None:
    """Keep it, and draw the door's daily budget from it. Raises ForbiddenError."""
    people.require(account, people.RULES)
    with services.db.read() as session:
        document: dict[str, Any] = deepcopy(dict(store.current(session).document))
    document["budget"] = {**document["budget"], "cases_per_moderator": crew.cases_each}
    ruling.publish_policy(services, account, document)
    with services.db.write() as session:
        facts.put(session, FACT, asdict(crew), services.clock.now())
