"""How servers of which nothing was said are treated: let in, held until some of theirs was let in, or refused."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.domains.tables import DomainEventRow
from moderation.errors import BadDomainError
from moderation.rows import slices

EVERYBODY: Final = "*"
"""Stands for all servers where an event is about none of them."""
CHOSEN: Final = "mode_chosen"
FIRST: Final = 3
MOST_FIRST: Final = 50


class Mode(StrEnum):
    """What a server without a rule meets."""

    OPEN = "open"
    GREYLIST = "greylist"
    """What comes from a server that was never met before waits for a person, until some of it was let in."""
    ALLOWLIST = "allowlist"
    """Only servers that a rule names are dealt with."""


@dataclass(frozen=True, slots=True)
class Way:
    """The mode in force, since when, and who chose it last; `first`: so many posts of a new server people must have let
    in. Another `first` leaves `since` as it is: it says which servers were known before."""

    mode: Mode = Mode.OPEN
    first: int = FIRST
    since: datetime | None = None
    by: str = ""


OPEN: Final = Way()


def current(session: Session) -> Way:
    """The mode in force: the last one that was chosen."""
    query = select(DomainEventRow).where(DomainEventRow.domain == EVERYBODY, DomainEventRow.what == CHOSEN)
    row = session.scalar(query.order_by(DomainEventRow.id.desc()).limit(1))
    if row is None or row.after is None:
        return OPEN
    since = row.after.get("since")
    return Way(
        Mode(row.after["mode"]), int(row.after["first"]), datetime.fromisoformat(since) if since else row.at, row.by
    )


def chosen(way: Way, mode: Mode, first: int) -> dict[str, Any]:
    """What an event keeps of a mode that is chosen after another, or of the same with another `first`. Raises
    BadDomainError."""
    since = way.since.isoformat() if way.mode is mode and way.since is not None else None
    return require_sound(mode, first) | ({"since": since} if since else {})


def require_sound(mode: Mode, first: int) -> dict[str, Any]:
    """What an event keeps of a mode. Raises BadDomainError."""
    if not 1 <= first <= MOST_FIRST:
        raise BadDomainError(f"how many posts must have been let in: 1 to {MOST_FIRST}")
    return {"mode": mode.value, "first": first}


def let_in(session: Session, domain: str, way: Way) -> int | None:
    """How many posts of a new server people have let in so far; None where it isn't new, or new ones don't wait."""
    if domain not in strangers(session, (domain,), way):
        return None
    return session.scalar(select(func.sum(AuthorRow.released)).where(AuthorRow.domain == domain)) or 0


def strangers(session: Session, domains: Collection[str], way: Way) -> frozenset[str]:
    """Of these domains, those that are new here: nobody of them was met before the mode was chosen, and people have let
    in fewer than `first` posts of theirs. None of them while the mode is another."""
    if way.mode is not Mode.GREYLIST or way.since is None:
        return frozenset()
    known: set[str] = set()
    for part in slices(sorted(domains)):
        rows = session.execute(
            select(AuthorRow.domain, func.min(AuthorRow.first_seen_at), func.sum(AuthorRow.released))
            .where(AuthorRow.domain.in_(part))
            .group_by(AuthorRow.domain)
        )
        known.update(name for name, met, let_in in rows if met < way.since or (let_in or 0) >= way.first)
    return frozenset(domains) - known
