"""Who may sign up, as an admin chose on the pages; else as the settings say."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.instance import facts
from app.services import Services
from app.settings import Registration, Settings
from moderation.log import chain

FACT: Final = "registration"


def chosen(session: Session, settings: Settings) -> Registration:
    """The mode, whether or not anybody is there yet to let people in."""
    kept = facts.get(session, FACT)
    return Registration(kept) if kept in tuple(Registration) else settings.registration


def choose(services: Services, by: str, wanted: Registration) -> None:
    """Another mode, from now on; it is written down who chose it."""
    with services.db.write() as session:
        before, now = chosen(session, services.settings), services.clock.now()
        if before is not wanted:
            facts.put(session, FACT, wanted.value, now)
            said = {"before": before.value, "after": wanted.value}
            chain.append(session, by, "registration_changed", "house:registration", said, now)
