"""Servers that no list may touch that is taken by hand, with what lies below them: kept until somebody changes them."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from app.instance import facts
from app.services import Services
from moderation.domains import names
from moderation.errors import BadDomainError
from moderation.log import chain

FACT: Final = "lists_leave_alone"
MOST: Final = 10_000


def of(session: Session) -> frozenset[str]:
    """Those that are kept."""
    return frozenset(facts.get(session, FACT, []))


def read(typed: str) -> frozenset[str]:
    """Domains, one a line or with commas between. Raises BadDomainError, with its name, for what is none."""
    words = typed.replace(",", " ").split()
    if len(words) > MOST:
        raise BadDomainError("ten thousand at most")
    return frozenset(map(_named, words))


def keep(services: Services, by: str, domains: frozenset[str]) -> None:
    """From now on these, and no others; the log says which came and went."""
    now = services.clock.now()
    with services.db.write() as session:
        before = of(session)
        if domains == before:
            return
        facts.put(session, FACT, sorted(domains), now)
        said = {"added": " ".join(sorted(domains - before)[:50]), "removed": " ".join(sorted(before - domains)[:50])}
        chain.append(session, by, "lists_leave_alone", "house:lists", said, now)


def _named(word: str) -> str:
    try:
        return names.canonical(word)
    except BadDomainError as error:
        raise BadDomainError(f"{word[:100]}: {error.safe}") from error
