"""Lines for holding that go up by themselves while people can't keep up: noticed from the rows, announced, and over.

The alarm is the announcement, and what the policy reads. A change is made in a write that has its turn, so that it
happens once however many look; and where nobody looks any more, the time in it ends it all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation import alarms
from moderation.alarms.tables import AlarmRow
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.log import chain
from moderation.planning import adapting
from moderation.planning.adapting import Load
from moderation.policy import store
from moderation.policy.values import Adapted
from moderation.values import CaseOrigin
from moderation.workforce import attendance, shifts, staffing

BY: Final = "policy"
A_CASE: Final = timedelta(seconds=75)
"""How long a case takes where nothing was measured."""


@dataclass(frozen=True, slots=True)
class Delay:
    """That more waits than people can answer. `wait` is as reckoned when it was last looked at; None for no end."""

    wait: timedelta | None


def watch(session: Session, now: datetime) -> Adapted | None:
    """Move lines up, further up, or back, each announced and logged; what is in force now. Takes a turn's write."""
    rule = store.current(session).adapt
    row = session.get(AlarmRow, store.ADAPTED, populate_existing=True)
    running = store.adapted_of(row.details) if row is not None and row.cleared_at is None else None
    if running is None and not rule.on:
        return None
    load = load_of(session, now)
    if running is not None and (now >= running.until or adapting.is_relieved(load, rule)):
        _end(session, load, now)
        return None
    logits = adapting.wanted(load, rule)
    if running is not None:
        if logits > running.logits:
            return _move(session, load, Adapted(running.until, logits), now)
        if row is not None:
            row.details = {**row.details, **_said(load, why=row.details["why"])}  # authors read how long it takes now
        return running
    last = store.adapted_of(row.details) if row is not None else None
    if not logits or not adapting.may_begin(last, row.cleared_at if row is not None else None, rule, now):
        return None
    return _move(session, load, Adapted(now + timedelta(hours=rule.hours), logits), now)


def delay(session: Session, now: datetime) -> Delay | None:
    """How long a post that is held now waits, while lines are up; None while they aren't, and people keep up."""
    row = session.get(AlarmRow, store.ADAPTED)
    if row is None or row.cleared_at is not None or now >= store.adapted_of(row.details).until:
        return None
    minutes = row.details.get("minutes")
    return Delay(None if minutes is None else timedelta(minutes=minutes))


def load_of(session: Session, now: datetime) -> Load:
    """What waits for people now, and for whom."""
    waits = select(func.count()).select_from(CaseRow).where(CaseRow.state.in_(UNDECIDED))
    waiting = session.scalar(waits.where(CaseRow.origin != CaseOrigin.AUDIT)) or 0
    planned = {row.name for row in shifts.between(session, now, now + timedelta(seconds=1))}
    return Load(waiting, len(attendance.there(session, now)), len(planned), _each(session, waiting, now))


def _each(session: Session, waiting: int, now: datetime) -> timedelta:
    """Measured only where it matters: it reads two weeks."""
    return (staffing.past(session, now).each if waiting >= adapting.FEWEST else A_CASE) or A_CASE


def _move(session: Session, load: Load, adapted: Adapted, now: datetime) -> Adapted:
    details = {"logits": adapted.logits, "until": adapted.until.isoformat(), **_said(load)}
    alarms.raise_(session, store.ADAPTED, now, details)
    chain.append(session, BY, "lines_moved", "policy", details, now)
    return adapted


def _end(session: Session, load: Load, now: datetime) -> None:
    alarms.clear(session, store.ADAPTED, now)
    chain.append(session, BY, "lines_back", "policy", _said(load), now)


def _said(load: Load, why: str | None = None) -> dict[str, Any]:
    wait = None if load.wait is None else round(load.wait / timedelta(minutes=1))
    return {
        "why": why or load.why.value,
        "waiting": load.waiting,
        "there": load.there,
        "planned": load.planned,
        "minutes": wait,
    }
