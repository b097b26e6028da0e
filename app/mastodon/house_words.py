"""What the house says at length, for clients: its description, its terms, what becomes of what is written here."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from flask import Response
from flask_babel import get_locale
from sqlalchemy.orm import Session

from app import current
from app.errors import NotFoundError
from app.federation.wire import sanitise
from app.instance import house
from app.mastodon import answers, blueprint
from app.mastodon.serialise.times import instant
from app.notifications import languages
from app.terms import versions
from app.terms.tables import Document, TermsVersionRow
from app.terms.versions import Sections

api = blueprint.make("house_words")


@api.get("/api/v1/instance/extended_description")
def extended_description() -> Response:
    """What the house says of itself at length."""
    services = current.services()
    with services.db.read() as session:
        told = house.house(session, services.settings)
        changed_at = house.about_changed_at(session) or services.clock.now()
    content = sanitise.from_plain(told.about) if told.about else ""
    return answers.json({"updated_at": instant(changed_at), "content": content})


@api.get("/api/v1/instance/privacy_policy")
def privacy_policy() -> Response:
    """The version in force, in the reader's language."""
    with current.services().db.read() as session:
        row = versions.newest(session, Document.PRIVACY)
        sections = _sections(session, row, Document.PRIVACY)
    made_at = row.made_at if row is not None else current.services().clock.now()
    return answers.json({"updated_at": instant(made_at), "content": _html(sections)})


@api.get("/api/v1/instance/terms_of_service")
def terms_of_service() -> Response:
    """The version in force, in the reader's language."""
    with current.services().db.read() as session:
        row = versions.newest(session, Document.TERMS)
        sections = _sections(session, row, Document.TERMS)
    day = (row.made_at if row is not None else current.services().clock.now()).date()
    return answers.json(_terms(day, sections, None))


@api.get("/api/v1/instance/terms_of_service/<day>")
def terms_of_service_then(day: str) -> Response:
    """The last version of a day, and by which day another took its place."""
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        raise NotFoundError from None
    with current.services().db.read() as session:
        row = versions.of_day(session, Document.TERMS, wanted)
        if row is None:
            raise NotFoundError
        after = versions.numbered(session, Document.TERMS, row.number + 1)
    return answers.json(_terms(wanted, row.sections, after.made_at.date() if after is not None else None))


def _sections(session: Session, row: TermsVersionRow | None, document: Document) -> Sections:
    return row.sections if row is not None else versions.build(session, current.services(), document)


def _terms(day: date, sections: Sections, succeeded_by: date | None) -> dict[str, Any]:
    return {
        "effective_date": day.isoformat(),
        "effective": succeeded_by is None,
        "content": _html(sections),
        "succeeded_by": succeeded_by.isoformat() if succeeded_by is not None else None,
    }


def _html(sections: Sections) -> str:
    told = sections[languages.normal(str(get_locale() or "en"))]
    return "".join(f"<h2>{escape(one['title'])}</h2>" + "".join(_part(part) for part in one["parts"]) for one in told)


def _part(part: str | list[str]) -> str:
    if isinstance(part, str):
        return f"<p>{escape(part)}</p>"
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in part) + "</ul>"
