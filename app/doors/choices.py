"""What a closed house offers, as its admins chose: everything off at first."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.doors.hand import Hand
from app.errors import InvalidError
from app.instance import facts
from app.services import Services
from app.stores.jobs import Job
from moderation.log import chain

FACT: Final = "closed_door"
LONGEST_WORDS: Final = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """Switches, and what the house says in its own words where its door is closed; plain text, empty for none."""

    waiting_list: bool = False
    organisations: bool = False
    others: bool = False
    words_en: str = ""
    words_fr: str = ""

    def words(self, locale: str) -> str:
        """The house's words in a reader's language, else in the other one."""
        first, second = (self.words_fr, self.words_en) if locale.startswith("fr") else (self.words_en, self.words_fr)
        return first or second


def chosen(session: Session) -> Choices:
    """What holds now."""
    told: dict[str, Any] = facts.get(session, FACT, {})
    return Choices(**told)


def choose(services: Services, by: Hand, wanted: Choices) -> None:
    """Set all of it; what was switched is in the log. Raises InvalidError for words that are too long."""
    if max(len(wanted.words_en), len(wanted.words_fr)) > LONGEST_WORDS:
        raise InvalidError(_("That is too long"), code="too_long")
    now = services.clock.now()
    with services.db.write() as session:
        before = chosen(session)
        if wanted == before:
            return
        facts.put(session, FACT, asdict(wanted), now)
        was: dict[str, str | bool] = asdict(before)
        said: dict[str, str | bool] = {}
        for name, value in asdict(wanted).items():
            if value != was[name]:
                said |= {f"before_{name}": was[name], name: value}
        chain.append(session, by.name, "closed_door_set", "house:closed_door", said, now)
    services.nudger.nudge(Job.TERMS)
