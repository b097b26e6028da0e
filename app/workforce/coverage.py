"""Whether each named queue gets cases, has somebody who may work on them, and somebody who does."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.reviewing import people, queues
from app.workforce import crew
from moderation.cases import queue
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.queues import keeping
from moderation.queues.values import Queue
from moderation.workforce import attendance


def unreached(session: Session, now: datetime) -> list[Queue]:
    """Queues whose role nobody has who works here now: their cases would be dealt to nobody."""
    working = [each.role for each in crew.everybody(session, now) if lookup.at_least(each.role, people.WORK)]
    return [each for each in keeping.live(session) if not any(queues.may(role, each) for role in working)]


def past_due(session: Session, now: datetime) -> dict[str, int]:
    """By queue, how many cases are past their due time while nobody is on shift; empty while somebody is."""
    if attendance.there(session, now):
        return {}
    waits = CaseRow.state.in_(UNDECIDED), CaseRow.due_at <= now
    found = session.execute(select(CaseRow.queue_id, func.count()).where(*waits).group_by(CaseRow.queue_id))
    names = {each.id: each.name for each in keeping.live(session)}
    counted: dict[str, int] = {}
    for number, count in found:
        name = names.get(number or 0, queue.REST)
        counted[name] = counted.get(name, 0) + count
    return counted
