"""Cases go to their queues: when they open, when something changes them, and anew when queues are changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from moderation import turns
from moderation.cases import due
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.policy import store
from moderation.queues import keeping, matching
from moderation.queues.values import Queue
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.rows import slices, table_of
from moderation.values import CaseOrigin


def place(session: Session, case_ids: Iterable[int], now: datetime) -> None:
    """Put undecided cases where they belong now, with the due time and the end of holds that are declared there."""
    ids = list(case_ids)
    version = keeping.version(session) if ids else 0
    if version:
        _place(session, ids, version, now, anew=False)


def again(session: Session, now: datetime, limit: int = 500) -> int:
    """Place cases once more that were placed before queues changed; how many."""
    version = keeping.version(session)
    if not version:
        return 0
    turns.take(session)
    table = table_of(CaseRow)
    behind = select(table.c.id).where(table.c.state.in_(UNDECIDED), table.c.queue_version < version)
    ids = list(session.scalars(behind.limit(limit)))
    _place(session, ids, version, now, anew=True)
    return len(ids)


def behind(session: Session) -> int:
    """How many cases are still to be placed anew."""
    table = table_of(CaseRow)
    statement = select(func.count()).select_from(table)
    statement = statement.where(table.c.state.in_(UNDECIDED), table.c.queue_version < keeping.version(session))
    return session.scalar(statement) or 0


def settle_holds(session: Session, case_ids: Iterable[int]) -> None:
    """Let the holds of cases that were opened before them end as their queues declare."""
    ids = list(case_ids)
    queues = {each.id: each for each in keeping.live(session) if each.ageing is not None} if ids else {}
    if queues:
        table = table_of(CaseRow)
        for part in slices(ids):
            rows = session.execute(
                select(table.c.id, table.c.queue_id).where(table.c.id.in_(part), table.c.queue_id.in_(queues))
            )
            _end_holds(session, {number: queues[queue] for number, queue in rows})


def would_go(session: Session, draft: Queue) -> int:
    """How many cases that wait now would go to a queue, if it were kept as it is drafted."""
    table = table_of(CaseRow)
    queues = keeping.placed(keeping.live(session), draft)
    statement = select(func.count()).select_from(table).where(table.c.state.in_(UNDECIDED))
    return session.scalar(statement.where(func.coalesce(matching.first(queues), -1) == draft.id)) or 0


def counts(session: Session, only: ColumnElement[bool] | None = None) -> dict[int | None, int]:
    """By queue, how many cases are undecided; None is the rest."""
    table = table_of(CaseRow)
    statement = select(table.c.queue_id, func.count()).where(table.c.state.in_(UNDECIDED)).group_by(table.c.queue_id)
    if only is not None:
        statement = statement.where(only)
    return {queue: count for queue, count in session.execute(statement)}


def counts_up_to(session: Session, queues: Sequence[int], most: int) -> dict[int | None, int]:
    """By queue of these, and None for what no queue matches, how many cases are undecided; counting stops at `most`."""
    table = table_of(CaseRow)
    undecided = select(table.c.id).where(table.c.state.in_(UNDECIDED))
    each = [(number, undecided.where(table.c.queue_id == number).limit(most)) for number in queues]
    asked = [*each, (None, undecided.where(table.c.queue_id.is_(None)).limit(most))]
    counted = [select(func.count()).select_from(rows.subquery()).scalar_subquery() for _number, rows in asked]
    return dict(zip([number for number, _rows in asked], session.execute(select(*counted)).one(), strict=True))


def _place(session: Session, ids: list[int], version: int, now: datetime, *, anew: bool) -> None:
    session.flush()
    table, known = table_of(CaseRow), keeping.every(session)
    choice = matching.first(keeping.live(session))
    for part in slices(ids):
        these = table.c.id.in_(part), table.c.state.in_(UNDECIDED)
        left = session.execute(select(table.c.id, table.c.queue_id).where(*these))
        before = {number: queue for number, queue in left}
        session.execute(update(table).where(*these).values(queue_id=choice, queue_version=version))
        columns = (table.c.id, table.c.queue_id, table.c.origin, table.c.opened_at, table.c.local, table.c.due_at)
        rows: list[Any] = list(session.execute(select(*columns, table.c.overdue_at).where(*these)))
        _settle_due(session, [row for row in rows if _times_change(row, before, known, "due_hours", anew)], known, now)
        aged = [row for row in rows if _times_change(row, before, known, "ageing_hours", anew)]
        _end_holds(session, {row.id: known.get(row.queue_id) for row in aged})


def _times_change(
    row: Any, before: Mapping[int, int | None], known: Mapping[int, Queue], name: str, anew: bool
) -> bool:
    """Whether a time of its queue, or of the one that it left, bears on it."""
    queue, old = known.get(row.queue_id), known.get(before.get(row.id) or 0)
    if anew:
        return any(getattr(each, name) is not None for each in known.values()) or old is not None
    return any(each is not None and getattr(each, name) is not None for each in (queue, old))


def _settle_due(session: Session, rows: list[Any], known: Mapping[int, Queue], now: datetime) -> None:
    table = table_of(CaseRow)
    reported = _first_reports(session, [row.id for row in rows])
    for row in rows:
        queue = known.get(row.queue_id)
        due_at = _due(row, queue, reported)
        if due_at != row.due_at:
            session.execute(update(table).where(table.c.id == row.id).values(due_at=due_at))
            if row.overdue_at is not None and (due_at is None or due_at > now):
                due.not_overdue(session, row.id)


def _due(row: Any, queue: Queue | None, reported: Mapping[tuple[int, bool], datetime]) -> datetime | None:
    """What the queue says, else what its origin and its reports say. Nothing gives a legal notice more time."""
    notice = reported.get((row.id, True))
    notice_due = notice + due.NOTICE if notice is not None else None
    if queue is not None and queue.due_hours is not None:
        own = row.opened_at + timedelta(hours=queue.due_hours)
        return due.sooner(notice_due, own)
    report = reported.get((row.id, False))
    times = (
        due.of(row.origin, row.opened_at, local=row.local),
        report + due.TERMS[CaseOrigin.REPORT] if report is not None else None,
        notice_due,
    )
    return min((each for each in times if each is not None), default=None)


def _first_reports(session: Session, ids: list[int]) -> dict[tuple[int, bool], datetime]:
    """By case and whether it is a legal notice, when the first report came."""
    found: dict[tuple[int, bool], datetime] = {}
    for part in slices(ids):
        statement = (
            select(ReportRow.case_id, ReportRow.origin, func.min(ReportRow.filed_at))
            .where(ReportRow.case_id.in_(part))
            .group_by(ReportRow.case_id, ReportRow.origin)
        )
        for number, origin, at in session.execute(statement):
            key = (number, origin is ReportOrigin.VISITOR)
            found[key] = min(found.get(key, at), at)
    return found


def _end_holds(session: Session, queues: Mapping[int, Queue | None]) -> None:
    """When what is held ends by itself. What only a person may end stays so."""
    times = store.current(session).holds
    for part in slices(queues):
        rows = session.scalars(
            select(HoldRow).where(
                HoldRow.case_id.in_(part), HoldRow.state == HoldState.HELD, HoldRow.due_at.is_not(None)
            )
        )
        for row in rows:
            queue = queues.get(row.case_id or 0)
            own = queue.ageing_hours if queue is not None else None
            hours = own if own is not None else times.local_hours if row.local else times.remote_hours
            row.due_at = row.held_at + timedelta(hours=hours)
    session.flush()
