"""Who is on call: a plan of the week by the clock on the house's wall, so that it holds when clocks change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain
from moderation.workforce.tables import OnCallRow

DAY_MINUTES: Final = 24 * 60
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Span:
    """A span of each week: `weekday` 0 is Monday; `begins` and `ends` are minutes since midnight."""

    weekday: int
    begins: int
    ends: int

    def covers(self, wall: datetime) -> bool:
        """Whether it holds at a time on the wall. One that ends at or before its beginning ends on the next day."""
        at, day = wall.hour * 60 + wall.minute, wall.weekday()
        if self.begins < self.ends:
            return day == self.weekday and self.begins <= at < self.ends
        began_today = day == self.weekday and at >= self.begins
        return began_today or (day == (self.weekday + 1) % 7 and at < self.ends)


@dataclass(frozen=True, slots=True)
class Called:
    """Who would be called now, in the order of the plan."""

    first: tuple[str, ...]
    deputies: tuple[str, ...]


def now_on(session: Session, place: ZoneInfo, now: datetime) -> Called:
    """Who is on call."""
    wall = now.astimezone(place)
    first: list[str] = []
    deputies: list[str] = []
    for row in every(session):
        if span_of(row).covers(wall):
            (deputies if row.deputy else first).append(row.name)
    return Called(tuple(dict.fromkeys(first)), tuple(dict.fromkeys(deputies)))


def every(session: Session) -> Sequence[OnCallRow]:
    """The whole plan, by day and hour."""
    query = select(OnCallRow).order_by(OnCallRow.weekday, OnCallRow.begins, OnCallRow.deputy, OnCallRow.id)
    return session.scalars(query).all()


def span_of(row: OnCallRow) -> Span:
    """When a row holds."""
    return Span(row.weekday, row.begins, row.ends)


def plan(session: Session, name: str, span: Span, by: str, now: datetime, *, deputy: bool) -> None:
    """Put somebody on call. Raises RefusedError for what is no time of a week, or too much."""
    if not (0 <= span.weekday <= 6 and 0 <= span.begins < DAY_MINUTES and 0 <= span.ends < DAY_MINUTES):
        raise RefusedError("this is no time of a week")
    if (session.scalar(select(func.count()).select_from(OnCallRow)) or 0) >= MOST:
        raise RefusedError("that is too much of a plan")
    session.add(OnCallRow(name=name, weekday=span.weekday, begins=span.begins, ends=span.ends, deputy=deputy))
    said = {"weekday": span.weekday, "begins": span.begins, "ends": span.ends, "deputy": deputy}
    chain.append(session, by, "on_call_planned", f"crew:{name}", said, now)


def remove(session: Session, number: int, by: str, now: datetime) -> None:
    """Take one out. Raises NotFoundError."""
    row = session.get(OnCallRow, number)
    if row is None:
        raise NotFoundError("there is no such line in the plan")
    chain.append(session, by, "on_call_removed", f"crew:{row.name}", {"weekday": row.weekday}, now)
    session.delete(row)
