"""What the house says of itself: title, description, contact, about; set by its admins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.accounts import names
from app.errors import InvalidError
from app.instance import countries, facts
from app.instance.tables import InstanceSettingRow
from app.services import Services
from app.settings import Settings
from app.stores.jobs import Job
from moderation.log import chain

_LONGEST = {
    "title": 100,
    "description": 1500,
    "contact_email": 320,
    "contact_account": 30,
    "about": 20_000,
    "outside_contact": 500,
    "authority_contact": 500,
    "country": 2,
    "languages": 100,
}
NAMES = tuple(_LONGEST)
LANGUAGES = ("en", "fr")
"""Of its pages."""
MOST_LANGUAGES = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class House:
    """The texts are as an admin typed them, plain; `about` may have paragraphs. Empty where never set."""

    domain: str
    title: str
    description: str
    contact_email: str
    contact_account: str
    """The name of the local account to turn to."""
    about: str
    outside_contact: str
    """Whom to turn to about those who run the house: somebody who doesn't, with an address."""
    authority_contact: str
    """For authorities, with the languages that are read."""
    country: str
    """Where the house stands: whose law says how long grave evidence is kept."""
    languages: tuple[str, ...] = LANGUAGES
    """In which its people write, as ISO 639 codes; those of its pages where nobody said."""


def house(session: Session, settings: Settings) -> House:
    """The house as it is; its title is its domain until somebody gives it one."""
    told = facts.many(session, NAMES)
    return House(
        domain=settings.domain,
        title=told.get("title") or settings.domain,
        description=told.get("description", ""),
        contact_email=told.get("contact_email", ""),
        contact_account=told.get("contact_account", ""),
        about=told.get("about", ""),
        outside_contact=told.get("outside_contact", ""),
        authority_contact=told.get("authority_contact", ""),
        country=told.get("country", ""),
        languages=tuple(told.get("languages", "").split()) or LANGUAGES,
    )


def country(session: Session) -> str:
    """Where the house stands, as a code of two letters; empty where its admins haven't said."""
    return str(facts.get(session, "country", ""))


BY = "ostiary"
"""Who changed it, where it was no member of staff."""


def change(services: Services, by: str = BY, /, **news: str) -> House:
    """Set some of NAMES, as `by` wants it; raises InvalidError for another name, a text too long, or no address."""
    news = {name: checked(name, value) for name, value in news.items()}
    with services.db.write() as session:
        before = facts.many(session, tuple(news))
        changed = [name for name, value in news.items() if before.get(name, "") != value.strip()]
        for name in changed:
            facts.put(session, name, news[name].strip(), services.clock.now())
        if changed:
            said = {"before_" + name: str(before.get(name, "")) for name in changed}
            chain.append(session, by, "house_changed", f"house:{changed[0]}", said, services.clock.now())
    services.nudger.nudge(Job.TERMS)
    with services.db.read() as session:
        return house(session, services.settings)


def checked(name: str, value: str) -> str:
    """One of NAMES as it would be kept; raises InvalidError as `change` does."""
    if name not in _LONGEST or len(value) > _LONGEST[name]:
        raise InvalidError(_("That is too long"), code="too_long")
    if name == "country" and value and value not in countries.known():
        raise InvalidError(_("This country isn’t known here"), code="country_unknown")
    if name == "languages" and value:
        return codes(value)
    return names.require_email(value) if name == "contact_email" and value else value


def codes(typed: str) -> str:
    """Codes of languages with a space between, each once. Raises InvalidError for what are none."""
    found = list(dict.fromkeys(typed.lower().replace(",", " ").split()))
    if len(found) > MOST_LANGUAGES or not all(map(_LANGUAGE.fullmatch, found)):
        raise InvalidError(_("Languages are codes such as en, fr or de"), code="languages_unknown")
    return " ".join(found)


def about_changed_at(session: Session) -> datetime | None:
    """When what it says at length was last set."""
    row = session.get(InstanceSettingRow, "about")
    return row.set_at if row is not None else None
