"""How the queue is doing, in figures: what waits, since when, and how fast it comes and goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from moderation import tallies
from moderation.cases.queue import REST
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.cases.values import QueueStats
from moderation.holds.tables import HoldRow, HoldState
from moderation.holds.waiting import waiting_time
from moderation.policy import store
from moderation.queues import keeping, placing
from moderation.values import CaseState

RATES_OVER: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many cases are undecided, by state, label and origin, and since when the oldest waits; None if none does."""

    states: Counter[CaseState]
    by_label: dict[str, int]
    by_origin: dict[str, int]
    oldest: datetime | None


def of(session: Session, now: datetime) -> QueueStats:
    """All of them, from what is there now."""
    day, waits = tallies.of_day(session, now.date()), waiting(session, now)
    undecided = CaseRow.state.in_(UNDECIDED)
    return QueueStats(
        open=waits.states[CaseState.OPEN],
        claimed=waits.states[CaseState.CLAIMED],
        escalated=waits.states[CaseState.ESCALATED],
        oldest=waits.oldest,
        past_due=session.scalar(select(func.count(CaseRow.id)).where(undecided, CaseRow.due_at <= now)) or 0,
        opened_per_hour=_per_hour(session, CaseRow.opened_at > now - RATES_OVER),
        decided_per_hour=_per_hour(session, CaseRow.decided_at > now - RATES_OVER),
        by_label=waits.by_label,
        by_origin=waits.by_origin,
        wait=waiting_time(session, now),
        held_unseen=_held_unseen(session),
        over_budget_today=day.get("over_budget", 0),
        figures_borrowed=store.current(session).figures_borrowed,
        by_queue=_by_queue(session),
    )


def waiting(session: Session, now: datetime) -> Waiting:
    """What waits. Each state is asked for by itself: an index that has all that is asked for is read in its order."""
    rows = [(state, *row) for state in UNDECIDED for row in _of_state(session, state)]
    states: Counter[CaseState] = Counter()
    for state, _label, _origin, count, _oldest in rows:
        states[state] += count
    over = _claims_over(session, now)
    states.update(over)
    states[CaseState.CLAIMED] -= over.total()
    oldest = min((since for *_rest, since in rows), default=None)
    return Waiting(states, _summed(rows, 1), _summed(rows, 2), oldest)


def _of_state(session: Session, state: CaseState) -> Sequence[Any]:
    columns = (CaseRow.label, CaseRow.origin)
    statement = select(*columns, func.count(), func.min(CaseRow.opened_at)).where(CaseRow.state == state)
    return session.execute(statement.group_by(*columns)).all()


def _claims_over(session: Session, now: datetime) -> Counter[CaseState]:
    """A claim that ran out counts as open, or escalated if it was."""
    escalated = CaseRow.escalated_at.is_not(None)
    statement = select(escalated, func.count()).where(CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_until <= now)
    rows = session.execute(statement.group_by(escalated))
    return Counter({CaseState.ESCALATED if was else CaseState.OPEN: count for was, count in rows})


def _summed(rows: Sequence[Any], place: int) -> dict[str, int]:
    found: Counter[str] = Counter()
    for row in rows:
        found[str(row[place] or "none")] += row[3]
    return dict(found)


def _by_queue(session: Session) -> dict[str, int]:
    found = placing.counts(session)
    named = {each.name: found.get(each.id, 0) for each in keeping.live(session)}
    return {**named, REST: sum(found.values()) - sum(named.values())}


def _per_hour(session: Session, condition: ColumnElement[bool]) -> float:
    count = session.scalar(select(func.count(CaseRow.id)).where(condition)) or 0
    return round(count / (RATES_OVER / timedelta(hours=1)), 2)


def _held_unseen(session: Session) -> int:
    statement = select(func.count(HoldRow.id)).where(HoldRow.state == HoldState.HELD, HoldRow.case_id.is_(None))
    return session.scalar(statement) or 0
