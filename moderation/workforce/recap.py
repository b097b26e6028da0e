"""A shift in figures, for who worked it alone: what was done, how long a case took, what was overturned and why."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from moderation.cases.in_force import ORIGINAL, WHOLE
from moderation.cases.tables import CaseEventRow, CaseRow, DecisionRow
from moderation.quality import readings
from moderation.workforce import attendance, exposure, spans
from moderation.workforce.tables import AttendanceRow

PACE_OVER: Final = timedelta(days=30)
PACE_OF: Final = 200
"""So many decisions, the latest, say how long a case takes."""
PACE_FROM: Final = 5
"""Fewer say nothing."""
LONGEST: Final = timedelta(minutes=30)
"""What took longer was a case left open, and not work on it."""
AGREED_OVER: Final = timedelta(days=30)
"""One shift is read again too rarely to say anything."""
LOOKED_BACK: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Recap:
    """What somebody did in a span of time. `median` is None for too little to say."""

    decided: int
    escalated: int
    undone: int
    grave: int
    median: timedelta | None
    worked: timedelta
    alike: int
    """Of `read_again`, how many a second reader answered as they did."""
    read_again: int
    """Decisions of theirs that somebody else read without knowing the answer, in the 30 days before the end."""


@dataclass(frozen=True, slots=True)
class Overturned:
    """A decision of somebody's that another person took back, and why."""

    decision: DecisionRow
    reversal: DecisionRow


def of(session: Session, name: str, since: datetime, until: datetime) -> Recap:
    """The figures."""
    reversal = aliased(DecisionRow)
    own = (DecisionRow.made_by == name, DecisionRow.made_at >= since, DecisionRow.made_at <= until)
    made = select(func.count()).select_from(DecisionRow).where(*own, ORIGINAL)
    undone = (
        select(func.count())
        .select_from(DecisionRow)
        .join(reversal, reversal.reverses_id == DecisionRow.id)
        .where(*own, reversal.made_by == name)
    )
    events = select(func.count(func.distinct(CaseEventRow.case_id))).where(
        CaseEventRow.by == name, CaseEventRow.at >= since, CaseEventRow.at <= until
    )
    heavy = exposure.heavy_labels(session)
    grave = events.join(CaseRow, CaseRow.id == CaseEventRow.case_id).where(
        CaseEventRow.what == "claimed", CaseRow.label.in_(heavy)
    )
    alike, read_again = readings.seconded(session, name, until - AGREED_OVER, until)
    return Recap(
        decided=session.scalar(made.where(WHOLE)) or 0,
        escalated=session.scalar(events.where(CaseEventRow.what == "escalated")) or 0,
        undone=session.scalar(undone) or 0,
        grave=session.scalar(grave) or 0,
        median=_median(_durations(session, name, since, until)),
        worked=spans.length(attendance.spans_of(session, name, since, until)),
        alike=alike,
        read_again=read_again,
    )


def pace(session: Session, name: str | None, now: datetime) -> timedelta | None:
    """How long a case takes somebody, from claiming to deciding; of everybody where `name` is None."""
    return _median(_durations(session, name, now - PACE_OVER, now))


def last_shift(session: Session, name: str, now: datetime) -> tuple[datetime, datetime] | None:
    """When somebody's last shift that is over began and ended."""
    query = select(AttendanceRow).where(AttendanceRow.name == name).order_by(AttendanceRow.began_at.desc())
    for row in session.scalars(query.limit(2)):
        if row.left_at is not None or row.seen_at <= now - attendance.ABSENT:
            return row.began_at, row.left_at or row.seen_at
    return None


def overturned(session: Session, name: str, now: datetime) -> list[Overturned]:
    """What others took back of theirs since their last shift ended, within two weeks, the latest first."""
    last = last_shift(session, name, now)
    since = max(last[1], now - LOOKED_BACK) if last is not None else now - LOOKED_BACK
    reversal = aliased(DecisionRow)
    query = (
        select(DecisionRow, reversal)
        .join(reversal, reversal.reverses_id == DecisionRow.id)
        .where(DecisionRow.made_by == name, DecisionRow.made_at > now - timedelta(days=200))
        .where(WHOLE, reversal.made_at > since)
        .where(reversal.made_by.not_in((name, "policy")))
        .order_by(reversal.made_at.desc())
    )
    return [Overturned(row, back) for row, back in session.execute(query.limit(10))]


def _durations(session: Session, name: str | None, since: datetime, until: datetime) -> list[timedelta]:
    """From the last claim before a decision to the decision, of the latest ones."""
    decided = (
        select(DecisionRow.id, DecisionRow.case_id, DecisionRow.made_by, DecisionRow.made_at)
        .where(DecisionRow.made_at >= since, DecisionRow.made_at <= until)
        .where(ORIGINAL, WHOLE, DecisionRow.case_id.is_not(None))
        .order_by(DecisionRow.made_at.desc())
        .limit(PACE_OF)
    )
    some = (decided if name is None else decided.where(DecisionRow.made_by == name)).subquery()
    claimed = (
        select(some.c.made_at, func.max(CaseEventRow.at))
        .join(CaseEventRow, CaseEventRow.case_id == some.c.case_id)
        .where(CaseEventRow.what == "claimed", CaseEventRow.by == some.c.made_by, CaseEventRow.at <= some.c.made_at)
        .group_by(some.c.id, some.c.made_at)
    )
    lengths = [made_at - at for made_at, at in session.execute(claimed)]
    return [length for length in lengths if timedelta(0) < length <= LONGEST]


def _median(lengths: Sequence[timedelta]) -> timedelta | None:
    if len(lengths) < PACE_FROM:
        return None
    return timedelta(seconds=statistics.median(length.total_seconds() for length in lengths))
