"""What each moderator reads, skips and has to do with: read and changed as one value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.errors import RefusedError
from moderation.rows import upsert
from moderation.workforce.tables import ModeratorRow

MOST_LANGUAGES: Final = 20
MOST_CONFLICTS: Final = 100
MOST_HEAVY: Final = 500
MOST_HOURS: Final = 80
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}")
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Record:
    """A moderator's record; the empty one is given everything."""

    name: str
    languages: tuple[str, ...] = ()
    """Languages that they read, as ISO 639 codes; none: all."""
    skills: tuple[str, ...] = ()
    """The only labels that they are given; none: all."""
    skips: tuple[str, ...] = ()
    """Labels that they are never given."""
    conflict_domains: tuple[str, ...] = ()
    conflict_people: Mapping[str, str] = field(default_factory=dict)
    """Whom they have to do with: handles, and the URI of each."""
    heavy_a_day: int | None = None
    """After so many grave cases in a day they are given lighter ones; None for no limit."""
    hours_a_week: int | None = None


_READ: Final = "records_of_moderators"
"""Under this name a session's `info` keeps what it read: a page asks for the same one many times."""


def of(session: Session, name: str) -> Record:
    """Somebody's record, the empty one where they have none; as it was when this transaction first asked."""
    read: dict[str, Record] = session.info.setdefault(_READ, {})
    if name not in read:
        row = session.get(ModeratorRow, name, populate_existing=True)
        read[name] = Record(name) if row is None else _value(row)
    return read[name]


def put(session: Session, record: Record, by: str, now: datetime) -> None:
    """Store a record in place of the last. Raises RefusedError; its text says what doesn't fit."""
    require_sound(record)
    row = {
        "name": record.name,
        "languages": list(record.languages),
        "skills": list(record.skills),
        "skips": list(record.skips),
        "conflict_domains": list(record.conflict_domains),
        "conflict_people": dict(record.conflict_people),
        "heavy_a_day": record.heavy_a_day,
        "hours_a_week": record.hours_a_week,
        "changed_by": by,
        "changed_at": now,
    }
    upsert(session, ModeratorRow, [row], put=tuple(each for each in row if each != "name"))
    session.info.pop(_READ, None)


def forget(session: Session, name: str) -> None:
    """Remove somebody's record: they are gone."""
    session.execute(delete(ModeratorRow).where(ModeratorRow.name == name))
    session.info.pop(_READ, None)


def every(session: Session) -> dict[str, Record]:
    """All records, by name."""
    return {row.name: _value(row) for row in session.scalars(select(ModeratorRow).order_by(ModeratorRow.name))}


def _value(row: ModeratorRow) -> Record:
    return Record(
        row.name,
        tuple(row.languages),
        tuple(row.skills),
        tuple(row.skips),
        tuple(row.conflict_domains),
        dict(row.conflict_people),
        row.heavy_a_day,
        row.hours_a_week,
    )


def require_sound(record: Record) -> None:
    """Raises RefusedError."""
    if len(record.languages) > MOST_LANGUAGES or not all(map(_LANGUAGE.fullmatch, record.languages)):
        raise RefusedError("languages are codes of two or three letters, twenty at most")
    if not {*record.skills, *record.skips} <= set(LABELS):
        raise RefusedError("there is no such label")
    if record.skills and set(record.skills) <= set(record.skips):
        raise RefusedError("somebody who skips all that they read would be given nothing")
    if len(record.conflict_domains) + len(record.conflict_people) > MOST_CONFLICTS:
        raise RefusedError("a hundred conflicts at most")
    if not all(_DOMAIN.fullmatch(each) for each in record.conflict_domains):
        raise RefusedError("this isn't a domain")
    _require_within(record.heavy_a_day, MOST_HEAVY)
    _require_within(record.hours_a_week, MOST_HOURS)


def _require_within(value: int | None, most: int) -> None:
    if value is not None and not 0 <= value <= most:
        raise RefusedError(f"a number from 0 to {most}")
