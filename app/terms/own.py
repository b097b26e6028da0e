"""The admin's own words around the documents, in both languages, and the legal basis of reading private messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.instance import facts
from app.services import Services
from app.stores.jobs import Job
from moderation.log import chain

PLACES: Final = ("terms_before", "terms_after", "privacy_before", "privacy_after", "private_basis")
LANGUAGES: Final = ("en", "fr")
NAMES: Final = tuple(f"{place}_{language}" for place in PLACES for language in LANGUAGES)
LONGEST: Final = 20_000


def texts(session: Session) -> dict[str, str]:
    """All of them by name, as typed; empty where nothing was."""
    known = facts.many(session, NAMES)
    return {name: str(known.get(name, "")) for name in NAMES}


def of_language(session: Session, locale: str) -> dict[str, str]:
    """Those of one language by place."""
    known = texts(session)
    return {place: known[f"{place}_{locale}"] for place in PLACES}


def change(services: Services, news: Mapping[str, str], by: str) -> None:
    """Set some of NAMES, each change a line of the log. Raises InvalidError for another name or a text too long."""
    if any(name not in NAMES or len(text) > LONGEST for name, text in news.items()):
        raise InvalidError(_("That is too long"), code="too_long")
    now = services.clock.now()
    with services.db.write() as session:
        before = texts(session)
        for name, text in news.items():
            if text.strip() != before[name]:
                facts.put(session, name, text.strip(), now)
                chain.append(session, by, "terms_worded", f"terms:{name}", {"before": before[name]}, now)
    services.nudger.nudge(Job.TERMS)
