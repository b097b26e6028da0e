"""How many public posts a day are expected, which each process asks once an hour: no post costs a question."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.audits.spreading import Expected
from moderation.drift import measures
from moderation.drift.tables import DriftCountRow
from moderation.values import Outcome, SubjectKind
from moderation.verdicts.tables import VerdictRow

DAYS: Final = 7
"""The last days that were counted, each as good as another."""
YOUNG: Final = timedelta(hours=1)
"""A house of which no day was counted yet is as old as its first post of a day, and at least so old."""
RESTRAINED: Final = frozenset((Outcome.LABEL, Outcome.LIMIT, Outcome.REJECT))


class ExpectedCache:
    """What one process expects."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Expected] | None = None

    def get(self, session: Session, now: datetime) -> Expected:
        """What is expected of this hour's posts."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self._known is None or self._known[0] != hour:
            self._known = hour, read(session, now)
        return self._known[1]


def read(session: Session, now: datetime) -> Expected:
    """From the days that were counted lately; else from the last day's verdicts."""
    query = (
        select(DriftCountRow.bin, func.sum(DriftCountRow.count), func.count(DriftCountRow.day.distinct()))
        .where(DriftCountRow.name == measures.OUTCOME, DriftCountRow.day >= (now - timedelta(days=DAYS)).date())
        .group_by(DriftCountRow.bin)
    )
    rows = session.execute(query).all()
    days = max((row[2] for row in rows), default=0)
    counts = {Outcome(bin_): float(count) for bin_, count, _ in rows} if days else _of_a_day(session, now)
    return _expected({outcome: count / max(1, days) for outcome, count in counts.items()})


def _of_a_day(session: Session, now: datetime) -> dict[Outcome, float]:
    """The verdicts of the last day, as if all of it had been like the part in which there were any."""
    query = (
        select(VerdictRow.outcome, func.count(), func.min(VerdictRow.made_at))
        .where(VerdictRow.made_at > now - timedelta(days=1), ~VerdictRow.by_person)
        .where(VerdictRow.kind == SubjectKind.POST, VerdictRow.facts.is_not(None))
        .group_by(VerdictRow.outcome)
    )
    rows = session.execute(query).all()
    first = min((row[2] for row in rows), default=now)
    part = max(now - first, YOUNG) / timedelta(days=1)
    return {outcome: count / part for outcome, count, _ in rows}


def _expected(counts: dict[Outcome, float]) -> Expected:
    return Expected(
        counts.get(Outcome.APPROVE, 0.0), sum(count for outcome, count in counts.items() if outcome in RESTRAINED)
    )
