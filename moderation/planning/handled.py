"""How long decided cases were in somebody's hands, from the rows: since the last time they took it, without breaks."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.in_force import ORIGINAL, WHOLE
from moderation.cases.tables import CaseEventRow, CaseRow, DecisionRow
from moderation.planning import paces
from moderation.planning.paces import Handled
from moderation.rows import slices
from moderation.values import CaseState
from moderation.workforce import spans
from moderation.workforce.spans import Span
from moderation.workforce.staffing import WORK
from moderation.workforce.tables import StretchRow

LOOKED_BACK: Final = timedelta(days=28)
MOST: Final = 3000
"""The latest decisions; more say nothing else."""
LONGEST: Final = timedelta(minutes=30)
"""What took longer was a case left open, and not work on it."""


def read(session: Session, now: datetime) -> list[Handled]:
    """Cases that were taken and decided one by one. What several were decided in at once isn't among them, and what
    nobody worked on meanwhile isn't counted: gaps of more than five minutes, and breaks."""
    rows = _decided(session, now)
    worked = _worked(session, {row.made_by for row in rows}, min((row.taken_at for row in rows), default=now))
    found = []
    for row in rows:
        if row.made_at - row.taken_at <= LONGEST:
            seconds = _overlap(worked[row.made_by], row.taken_at, row.made_at)
            found.append(Handled(seconds, row.origin.value, row.label or "", paces.language_of(row.language)))
    return found


def _decided(session: Session, now: datetime) -> Sequence[Any]:
    """Decisions with when their maker last took the case."""
    latest = (
        select(DecisionRow.id, DecisionRow.case_id, DecisionRow.made_by, DecisionRow.made_at)
        .where(DecisionRow.made_at > now - LOOKED_BACK, DecisionRow.made_at <= now)
        .where(ORIGINAL, WHOLE, DecisionRow.batch_id.is_(None), DecisionRow.case_id.is_not(None))
        .order_by(DecisionRow.made_at.desc())
        .limit(MOST)
        .subquery()
    )
    taken = (
        select(latest.c.id, func.max(CaseEventRow.at).label("taken_at"))
        .join(CaseEventRow, CaseEventRow.case_id == latest.c.case_id)
        .where(CaseEventRow.what == "claimed", CaseEventRow.by == latest.c.made_by)
        .where(CaseEventRow.at <= latest.c.made_at)
        .group_by(latest.c.id)
        .subquery()
    )
    query = (
        select(latest.c.made_by, latest.c.made_at, taken.c.taken_at, CaseRow.origin, CaseRow.label, CaseRow.language)
        .join(taken, taken.c.id == latest.c.id)
        .join(CaseRow, CaseRow.id == latest.c.case_id)
        .where(CaseRow.state != CaseState.SEALED)
        .order_by(latest.c.id)
    )
    return session.execute(query).all()


def _worked(session: Session, names: Collection[str], since: datetime) -> Mapping[str, list[Span]]:
    """By person, their stretches of work in order, nothing twice."""
    found: defaultdict[str, list[Span]] = defaultdict(list)
    for part in slices(sorted(names)):
        query = select(StretchRow.name, StretchRow.kind, StretchRow.began_at, StretchRow.ended_at).where(
            StretchRow.name.in_(part), StretchRow.ended_at > since, StretchRow.kind.in_(WORK)
        )
        for name, kind, began, ended in session.execute(query):
            found[name].append(Span(kind, began, ended))
    return defaultdict(list, {name: spans.once(each) for name, each in found.items()})


def _overlap(worked: Sequence[Span], since: datetime, until: datetime) -> float:
    """Seconds of these stretches between two moments."""
    first = max(0, bisect_right(worked, since, key=lambda each: each.began) - 1)
    seconds = 0.0
    for span in worked[first:]:
        if span.began >= until:
            break
        seconds += max(0.0, (min(span.ended, until) - max(span.began, since)).total_seconds())
    return seconds
