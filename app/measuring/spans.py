"""Days from one to another, both counted, in UTC; and how a database is asked for numbers by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.errors import InvalidError

LONGEST_DAYS = 366
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days. Raises InvalidError for one that ends before it begins, or is longer than a year."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise InvalidError("Validation failed: start_at and end_at must name a year at most", code="bad_span")

    @property
    def days(self) -> list[date]:
        """Each, the first one first."""
        return [self.first + number * _DAY for number in range((self.last - self.first).days + 1)]

    @property
    def begins_at(self) -> datetime:
        """Midnight of the first."""
        return midnight(self.first)

    @property
    def ends_at(self) -> datetime:
        """Midnight after the last."""
        return midnight(self.last) + _DAY

    @property
    def before(self) -> Span:
        """As many days before it."""
        days = timedelta(days=len(self.days))
        return Span(self.first - days, self.last - days)

    def holds(self, at: ColumnElement[datetime] | InstrumentedAttribute[datetime]) -> ColumnElement[bool]:
        """Whether a moment is within."""
        return (at >= self.begins_at) & (at < self.ends_at)


def midnight(day: date) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time.min, UTC)


def day_of(session: Session, at: ColumnElement[datetime]) -> ColumnElement[Any]:
    """The day of a moment, whose `str` is its ISO date on either database."""
    if session.get_bind().dialect.name == "sqlite":
        return func.date(at)
    return func.date(func.timezone("UTC", at))
