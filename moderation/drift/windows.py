"""The last seven days beside the four weeks before them, measure by measure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.drift import divergence, measures, rare
from moderation.drift.divergence import Comparison
from moderation.drift.rare import Rare
from moderation.drift.tables import DriftCountRow, DriftDayRow

NOW_DAYS: Final = 7
BEFORE_DAYS: Final = 28
"""Whole weeks, so that Sundays are compared with Sundays."""
SHOWN_DAYS: Final = 91

Days = Mapping[date, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Point:
    """A week of a curve, named by its last day: the share that it is about, of so many posts."""

    day: date
    share: float
    posts: int


@dataclass(frozen=True, slots=True)
class Measured:
    """One measure: how it compares (None: too little to say), and its curve."""

    name: str
    comparison: Comparison | None
    curve: tuple[Point, ...]
    told: frozenset[str]
    """The bins whose share the curve shows."""
    rare: Rare | None = None
    """How that share compares, of scores."""

    @property
    def drifted(self) -> bool:
        """Whether either has changed: the whole, or the share of high scores."""
        return any(each is not None and each.drifted for each in (self.comparison, self.rare))


@dataclass(frozen=True, slots=True)
class Watch:
    """Everything that is watched. `version`: of the text model now; `posts`: public ones by day."""

    version: str
    measured: tuple[Measured, ...]
    posts: Mapping[date, int]
    until: date

    @property
    def drifted(self) -> list[str]:
        """The names of what has drifted."""
        return [each.name for each in self.measured if each.drifted]

    @property
    def has_enough(self) -> bool:
        """Whether anything can be said at all."""
        return any(each.comparison is not None for each in self.measured)


def watch(session: Session, now: datetime, names: Sequence[str] = measures.NAMES) -> Watch:
    """How the last seven whole days compare with the four weeks before.

    What a model's version changes by itself is compared only with days of the same version.
    """
    last = now.date() - timedelta(days=1)
    since = last - timedelta(days=SHOWN_DAYS - 1)
    rows = session.execute(select(DriftDayRow.day, DriftDayRow.posts).where(DriftDayRow.day >= since))
    posts = {day: count for day, count in rows}
    version, found = _load(session, since)
    measured = tuple(_measure(name, found.get(name, {}), last) for name in names)
    return Watch(version, measured, posts, last)


def _load(session: Session, since: date) -> tuple[str, dict[str, dict[date, Counter[str]]]]:
    rows = session.execute(
        select(DriftCountRow.day, DriftCountRow.version, DriftCountRow.name, DriftCountRow.bin, DriftCountRow.count)
        .where(DriftCountRow.day >= since)
        .order_by(DriftCountRow.day)
    ).all()
    version = _newest(rows)
    found: dict[str, dict[date, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for day, its, name, bin_, count in rows:
        if its == version or name not in measures.OF_THE_MODEL:
            found[name][day][bin_] += count
    return version, found


def _newest(rows: Sequence[tuple[date, str, str, str, int]]) -> str:
    """The version that judged most of the last day that has any."""
    if not rows:
        return ""
    sizes: Counter[str] = Counter()
    for day, version, name, _bin, count in rows:
        if day == rows[-1][0] and name == measures.OUTCOME:
            sizes[version] += count
    return sizes.most_common(1)[0][0] if sizes else ""


def _measure(name: str, days: Days, last: date) -> Measured:
    first_now = last - timedelta(days=NOW_DAYS - 1)
    first_before = first_now - timedelta(days=BEFORE_DAYS)
    now: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    before = []
    for day, counts in sorted(days.items()):
        if day >= first_now:
            now.update(counts)
        elif day >= first_before:
            before.append(counts)
        whole.update(counts)
    order = measures.order(name, whole)
    told = measures.told(name)
    if told is None:
        told = frozenset(order[1:])
    comparison, high = compare(name, before, now, order)
    return Measured(name, comparison, _curve(days, told, last), told, high)


def compare(
    name: str, before: Sequence[Mapping[str, int]], now: Mapping[str, int], order: Sequence[str]
) -> tuple[Comparison | None, Rare | None]:
    """A week's counts of a measure beside the days before: the whole of it, and of scores the share of high ones.

    Each gets its part of the false alarms, a score's two halves of it.
    """
    alpha = divergence.FALSE_ALARMS / len(measures.NAMES)
    if not name.startswith(measures.SCORE):
        return divergence.compare(before, now, order, alpha), None
    high = measures.told(name) or frozenset()
    return divergence.compare(before, now, order, alpha / 2), rare.compare(before, now, high, alpha / 2)


def _curve(days: Days, told: frozenset[str], last: date) -> tuple[Point, ...]:
    """By weeks that end with the last day: single days of a small house say nothing."""
    weeks: dict[date, Counter[bool]] = defaultdict(Counter)
    for day, counts in days.items():
        week = last - timedelta(days=(last - day).days // 7 * 7)
        for bin_, count in counts.items():
            weeks[week][bin_ in told] += count
    return tuple(
        Point(week, counts[True] / counts.total(), counts.total())
        for week, counts in sorted(weeks.items())
        if counts.total()
    )
