"""Stretches of time as values: what overlaps counts once, and days are those of a place, of 23 and 25 hours too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from moderation.workforce.tables import StretchKind


@dataclass(frozen=True, slots=True)
class Span:
    """Some time spent on one thing."""

    kind: StretchKind
    began: datetime
    ended: datetime

    @property
    def length(self) -> timedelta:
        """How long."""
        return self.ended - self.began


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a place's calendar."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def following(self) -> Month:
        """The next one."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> Month:
        """The one before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins, and when the next one does."""
        return midnight(self.first, zone), midnight(self.following.first, zone)

    @classmethod
    def of(cls, moment: datetime, zone: ZoneInfo) -> Month:
        """The month of a moment."""
        there = moment.astimezone(zone)
        return cls(there.year, there.month)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a place, in UTC: subtracting gives real time, on days of 23 and 25 hours, too."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def week_of(moment: datetime, zone: ZoneInfo) -> date:
    """The Monday of a moment's week in a place."""
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def once(spans: Iterable[Span]) -> list[Span]:
    """The same time with nothing counted twice: what begins later yields to what has begun."""
    kept: list[Span] = []
    until: datetime | None = None
    for span in sorted(spans, key=lambda each: (each.began, each.ended)):
        began = span.began if until is None else max(span.began, until)
        if span.ended > began:
            kept.append(replace(span, began=began))
            until = span.ended
    return kept


def within(spans: Iterable[Span], since: datetime, until: datetime) -> list[Span]:
    """What of them lies between two moments."""
    cut = (replace(span, began=max(span.began, since), ended=min(span.ended, until)) for span in spans)
    return [span for span in cut if span.ended > span.began]


def by_day(spans: Iterable[Span], zone: ZoneInfo) -> dict[date, dict[StretchKind, timedelta]]:
    """How long on what, on each day of a place; a stretch over midnight is divided there."""
    days: dict[date, dict[StretchKind, timedelta]] = defaultdict(lambda: defaultdict(timedelta))
    for span in once(spans):
        began = span.began
        while began < span.ended:
            day = began.astimezone(zone).date()
            ended = min(span.ended, midnight(day + timedelta(days=1), zone))
            days[day][span.kind] += ended - began
            began = ended
    return {day: dict(found) for day, found in sorted(days.items())}


def length(spans: Iterable[Span]) -> timedelta:
    """How long altogether."""
    return sum((span.length for span in once(spans)), timedelta())
