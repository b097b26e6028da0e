"""The house's queues: read, made, changed, put in order, retired; each change stands in the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation import turns
from moderation.errors import NotFoundError, RefusedError
from moderation.log import chain as log
from moderation.queues import values
from moderation.queues.tables import QueueRow
from moderation.queues.values import Queue
from moderation.values import Action


def live(session: Session) -> list[Queue]:
    """Those in use, in the order in which they are asked."""
    rows = session.scalars(
        select(QueueRow).where(QueueRow.retired_at.is_(None)).order_by(QueueRow.position, QueueRow.id)
    )
    return [queue_of(row) for row in rows]


def every(session: Session) -> dict[int, Queue]:
    """By id, also those that are retired."""
    return {row.id: queue_of(row) for row in session.scalars(select(QueueRow))}


def find(session: Session, number: int) -> Queue:
    """A queue in use. Raises NotFoundError."""
    return queue_of(_row(session, number))


def version(session: Session) -> int:
    """Of all queues together; 0 while there never was one."""
    return session.scalar(select(func.max(QueueRow.version))) or 0


def put(session: Session, queue: Queue, by: str, now: datetime) -> Queue:
    """Make a queue (id 0: the last in order), or change one. Raises RefusedError, NotFoundError."""
    turns.take(session)
    values.require_good(queue)
    others = [each for each in live(session) if each.id != queue.id]
    if any(each.name.casefold() == queue.name.strip().casefold() for each in others):
        raise RefusedError("another queue has this name")
    if queue.id:
        row = _row(session, queue.id)
    else:
        if len(others) >= values.MOST:
            raise RefusedError(f"a house has at most {values.MOST} queues")
        row = QueueRow(position=max((each.position for each in others), default=0) + 1)
        session.add(row)
    _fill(row, queue)
    _changed(session, row, by, now)
    what = "queue_changed" if queue.id else "queue_made"
    log.append(session, by, what, f"queue:{row.id}", _said(queue_of(row)), now)
    return queue_of(row)


def move(session: Session, number: int, by: str, now: datetime, *, up: bool) -> None:
    """Let a queue be asked before the one above it, or after the one below. Raises NotFoundError."""
    turns.take(session)
    _row(session, number)
    order = [each.id for each in live(session)]
    at = order.index(number)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(order):
        return
    order[at], order[to] = order[to], order[at]
    for position, each in enumerate(order, start=1):
        session.get_one(QueueRow, each).position = position
    _changed(session, _row(session, number), by, now)
    log.append(session, by, "queue_moved", f"queue:{number}", {"position": to + 1}, now)


def retire(session: Session, number: int, by: str, now: datetime) -> None:
    """Use a queue no longer: its cases go where else they belong. Raises NotFoundError."""
    turns.take(session)
    row = _row(session, number)
    row.retired_at = now
    _changed(session, row, by, now)
    log.append(session, by, "queue_retired", f"queue:{number}", {"name": row.name}, now)


def placed(queues: Sequence[Queue], draft: Queue) -> list[Queue]:
    """The queues as they would be asked with a draft among them."""
    if draft.id:
        return [draft if each.id == draft.id else each for each in queues]
    return [*queues, replace(draft, position=len(queues) + 1)]


def queue_of(row: QueueRow) -> Queue:
    """The value of a row."""
    return Queue(
        row.id,
        row.name,
        values.from_json(row.match),
        row.required_role,
        tuple(Action(each) for each in row.hidden_actions),
        row.due_hours,
        row.ageing,
        row.ageing_hours,
        row.position,
    )


def _fill(row: QueueRow, queue: Queue) -> None:
    row.name, row.match, row.required_role = queue.name.strip(), values.as_json(queue.match), queue.required_role
    row.hidden_actions = [action.value for action in queue.hidden_actions]
    row.due_hours, row.ageing, row.ageing_hours = queue.due_hours, queue.ageing, queue.ageing_hours


def _changed(session: Session, row: QueueRow, by: str, now: datetime) -> None:
    with session.no_autoflush:  # a new row has no version yet
        row.version = version(session) + 1
    row.changed_by, row.changed_at = by, now
    session.flush()


def _said(queue: Queue) -> dict[str, Any]:
    return {
        "name": queue.name,
        "match": values.as_json(queue.match),
        "role": queue.required_role,
        "hides": [action.value for action in queue.hidden_actions],
        "due_hours": queue.due_hours,
        "ageing": queue.ageing.value if queue.ageing else None,
        "ageing_hours": queue.ageing_hours,
    }


def _row(session: Session, number: int) -> QueueRow:
    row = session.get(QueueRow, number, populate_existing=True)
    if row is None or row.retired_at is not None:
        raise NotFoundError("there is no such queue")
    return row
