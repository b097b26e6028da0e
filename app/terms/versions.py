"""The versions of the documents: a new one whenever what they say has changed; each is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import signup
from app.appealing import readers
from app.doors import choices
from app.instance import house
from app.instance import rules as house_rules
from app.notifications import languages
from app.notifications.languages import Translate
from app.services import Services
from app.terms import own, privacy, terms
from app.terms.tables import Document, TermsVersionRow
from app.terms.values import Ground, RuleWords, Section
from moderation.policy import store

Sections = dict[str, list[dict[str, Any]]]
BUILDERS: Mapping[Document, Callable[[Ground, Translate], Sequence[Section]]] = {
    Document.TERMS: terms.sections,
    Document.PRIVACY: privacy.sections,
}


def settle(services: Services, limit: int = 2) -> int:
    """Write a new version of what reads differently than its newest; how many."""
    with services.db.read() as session:
        fresh = {document: build(session, services, document) for document in Document}
        changed = [each for each in Document if not _is_known(newest(session, each), fresh[each])]
    for document in changed[:limit]:
        _store(services, document, fresh[document])
    return len(changed[:limit])


def build(session: Session, services: Services, document: Document) -> Sections:
    """A document as it would read now, by language."""
    builder = BUILDERS[document]
    return {
        locale: [asdict(each) for each in builder(ground(session, services, locale), languages.translator(locale))]
        for locale in languages.LOCALES
    }


def ground(session: Session, services: Services, locale: str) -> Ground:
    """What is in force, for one language."""
    rules = tuple(
        RuleWords(
            house_rules.text_in(row, locale), house_rules.hint_in(row, locale), *house_rules.examples_in(row, locale)
        )
        for row in house_rules.rules(session)
    )
    closed = choices.chosen(session)
    return Ground(
        locale=locale,
        house=house.house(session, services.settings),
        rules=rules,
        policy=store.current(session),
        own=own.of_language(session, locale),
        reader_outside=readers.reader(session) is not None,
        open_to=signup.usual_registration(session, services).value,
        address_days=services.settings.address_days,
        translator=urlsplit(services.settings.translate_url or "").hostname or "",
        waiting_list=closed.waiting_list,
        organisations=closed.organisations,
    )


def newest(session: Session, document: Document) -> TermsVersionRow | None:
    """The version in force; None before there is any."""
    statement = select(TermsVersionRow).where(TermsVersionRow.document == document)
    return session.scalars(statement.order_by(TermsVersionRow.number.desc()).limit(1)).first()


def numbered(session: Session, document: Document, number: int) -> TermsVersionRow | None:
    """A version by its number."""
    statement = select(TermsVersionRow).where(TermsVersionRow.document == document, TermsVersionRow.number == number)
    return session.scalars(statement).first()


def of_day(session: Session, document: Document, day: date) -> TermsVersionRow | None:
    """The last version of a day."""
    begin = datetime.combine(day, time(tzinfo=UTC))
    statement = (
        select(TermsVersionRow)
        .where(TermsVersionRow.document == document)
        .where(TermsVersionRow.made_at >= begin, TermsVersionRow.made_at < begin + timedelta(days=1))
        .order_by(TermsVersionRow.number.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def listed(session: Session, document: Document, limit: int = 100, before: int | None = None) -> list[TermsVersionRow]:
    """The latest versions, or those from before a number, newest first."""
    statement = select(TermsVersionRow).where(TermsVersionRow.document == document)
    if before is not None:
        statement = statement.where(TermsVersionRow.number < before)
    return list(session.scalars(statement.order_by(TermsVersionRow.number.desc()).limit(limit)))


def _is_known(row: TermsVersionRow | None, sections: Sections) -> bool:
    return row is not None and row.digest == _digest(sections)


def _digest(sections: Sections) -> str:
    return sha256(json.dumps(sections, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _store(services: Services, document: Document, sections: Sections) -> None:
    now = services.clock.now()
    with services.db.write() as session:
        last = newest(session, document)
        if _is_known(last, sections):
            return  # another process was faster
        plain: Sections = json.loads(json.dumps(sections))
        row = TermsVersionRow(
            document=document,
            number=last.number + 1 if last is not None else 1,
            policy_version=store.current(session).version,
            sections=plain,
            digest=_digest(sections),
            made_at=now,
        )
        session.add(row)
