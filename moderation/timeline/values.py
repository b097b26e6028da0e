"""What a timeline is made of: about what, events with their places, and sources that give a page each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from moderation.cases.values import Event

_LONGEST = 120
_LARGEST = 2**63 - 1


class Kind(StrEnum):
    """What a timeline can be narrowed to."""

    DOOR = "door"
    REPORTS = "reports"
    CASES = "cases"
    DECISIONS = "decisions"
    APPEALS = "appeals"
    STATEMENTS = "statements"
    CHANGES = "changes"
    NETWORK = "network"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class About:
    """What a timeline is of: a post or an author by its URI, or a server by its domain."""

    uri: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a timeline: what follows is older, or of the same moment and further down."""

    at: datetime
    source: str
    id: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat(timespec='microseconds')}~{self.source}~{self.id}"

    @property
    def order(self) -> tuple[float, str, int]:
        """What timelines are sorted by."""
        return -self.at.timestamp(), self.source, -self.id


def cursor(text: str) -> Cursor | None:
    """The place that `str` wrote down; None for anything else, which reads from the top."""
    parts = text.split("~") if len(text) <= _LONGEST else []
    if len(parts) != 3 or not (parts[2].isascii() and parts[2].isdecimal() and int(parts[2]) <= _LARGEST):
        return None
    try:
        at = datetime.fromisoformat(parts[0])
    except ValueError:
        return None
    return Cursor(at, parts[1], int(parts[2])) if at.tzinfo is not None else None


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its place and kind; `uri` and `case_id` say which subject and case it tells of."""

    event: Event
    kind: Kind
    place: Cursor
    uri: str | None = None
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of rows. `rows` selects those about something (None: it has none), `event` reads one.

    Pages are cut by `at` and `id`, so that each is read by the index that finds the rows, wherever it begins.
    """

    name: str
    kind: Kind
    at: Any
    id: Any
    rows: Callable[[About], Select[Any] | None]
    event: Callable[[About, Any], Event | None]

    def page(
        self, session: Session, about: About, after: Cursor | None, limit: int
    ) -> Iterator[tuple[Cursor, Entry | None]]:
        """Up to `limit`, the newest first, each with its place; None for a row that tells nothing about this."""
        statement = self.rows(about)
        if statement is None:
            return
        if after is not None:
            statement = statement.where(self._after(after))
        statement = statement.add_columns(self.at.label("happened_at"), self.id.label("place_id"))
        for row in session.execute(statement.order_by(self.at.desc(), self.id.desc()).limit(limit)):
            place = Cursor(row.happened_at, self.name, row.place_id)
            event = self.event(about, row)
            yield place, self._entry(place, event, row[0]) if event is not None else None

    def _entry(self, place: Cursor, event: Event, value: object) -> Entry:
        number = event.details.get("case")
        uri = getattr(value, "uri", None)
        return Entry(event, self.kind, place, uri if isinstance(uri, str) else None, number)

    def _after(self, place: Cursor) -> ColumnElement[bool]:
        older: ColumnElement[bool] = self.at < place.at
        if self.name > place.source:
            return or_(older, self.at == place.at)
        if self.name == place.source:
            return or_(older, and_(self.at == place.at, self.id < place.id))
        return older
