"""Counting days: the scores and traits of the public posts that machines judged, a day at a time, once it is over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.drift import measures
from moderation.drift.tables import DriftCountRow, DriftDayRow
from moderation.rows import insert_many, table_of
from moderation.values import Outcome, SubjectKind
from moderation.verdicts.tables import VerdictRow

CAUGHT_UP: Final = 28
"""Days back that are counted where they weren't yet: verdicts keep their scores for thirty."""
KEPT: Final = timedelta(days=400)
AT_ONCE: Final = 2000
MOST_LANGUAGES: Final = 30
OTHER_LANGUAGE: Final = "other"
NO_MODEL: Final = ""

Key = tuple[str, str, str]
"""Version, name, bin."""


@dataclass(slots=True)
class Day:
    """A day in counts."""

    day: date
    posts: int = 0
    counts: Counter[Key] = field(default_factory=Counter)


def due(session: Session, now: datetime) -> list[date]:
    """Days that are over and weren't counted, oldest first."""
    days = [now.date() - timedelta(days=back) for back in range(CAUGHT_UP, 0, -1)]
    known = set(session.scalars(select(DriftDayRow.day).where(DriftDayRow.day >= days[0])))
    return [day for day in days if day not in known]


def count(session: Session, day: date) -> Day:
    """A day's public posts as machines judged them first; what people said of them since is none of this."""
    found = Day(day)
    for facts, outcome, models in _judged(session, day):
        version = str(models.get("text", NO_MODEL))[:64]
        bins = list(measures.bins(facts, outcome))
        found.posts += bool(bins)
        found.counts.update((version, name, bin_) for name, bin_ in bins)
    _fold_languages(found)
    return found


def write(session: Session, counted: Day, now: datetime) -> None:
    """Write a day down; one that stands there already is replaced."""
    for row in (DriftCountRow, DriftDayRow):
        table = table_of(row)
        session.execute(delete(table).where(table.c.day == counted.day))
    insert_many(session, DriftDayRow, [{"day": counted.day, "posts": counted.posts, "counted_at": now}])
    rows = [
        {"day": counted.day, "version": version, "name": name, "bin": bin_, "count": number}
        for (version, name, bin_), number in sorted(counted.counts.items())
    ]
    insert_many(session, DriftCountRow, rows)


def forget(session: Session, now: datetime) -> int:
    """Forget days that are too old to compare anything with; how many counts."""
    before = (now - KEPT).date()
    gone = 0
    for row in (DriftCountRow, DriftDayRow):
        table = table_of(row)
        gone += int(session.connection().execute(delete(table).where(table.c.day < before)).rowcount)
    return gone


def _judged(session: Session, day: date) -> Iterator[tuple[dict[str, Any], Outcome, dict[str, str]]]:
    begin = datetime.combine(day, time(), UTC)
    statement = (
        select(VerdictRow.facts, VerdictRow.outcome, VerdictRow.models)
        .where(VerdictRow.made_at >= begin, VerdictRow.made_at < begin + timedelta(days=1))
        .where(VerdictRow.kind == SubjectKind.POST, ~VerdictRow.by_person, VerdictRow.facts.is_not(None))
        .execution_options(yield_per=AT_ONCE)
    )
    for facts, outcome, models in session.execute(statement):
        if facts is not None:
            yield facts, outcome, models


def _fold_languages(day: Day) -> None:
    """Who claims languages that don't exist makes no more bins than there are."""
    sizes: Counter[str] = Counter()
    for (_version, name, bin_), number in day.counts.items():
        if name == measures.LANGUAGE:
            sizes[bin_] += number
    rare = {each for each, _ in sizes.most_common()[MOST_LANGUAGES:]}
    for version, name, bin_ in [each for each in day.counts if each[1] == measures.LANGUAGE and each[2] in rare]:
        day.counts[version, name, OTHER_LANGUAGE] += day.counts.pop((version, name, bin_))
