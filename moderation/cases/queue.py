"""The queue: cases in the order in which people should look at them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import Session

from moderation.cases import exclusions
from moderation.cases.reading import summary_of
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import CaseQuery, CaseSummary, Page
from moderation.errors import BadCursorError
from moderation.evidence.snapshots import latest
from moderation.rows import table_of
from moderation.values import CaseState

MOST: Final = 200
REST: Final = "rest"
"""What no queue matches."""


def list_cases(session: Session, query: CaseQuery, now: datetime) -> Page[CaseSummary]:
    """A page of cases: undecided ones by priority, decided ones by when, the latest first. Raises BadCursorError."""
    limit = max(1, min(query.limit, MOST))
    rows = _rows(session, query, now, limit + 1)
    shown = rows[:limit]
    snapshots = latest(session, [row.uri for row in shown])
    items = tuple(summary_of(row, snapshots.get(row.uri), now) for row in shown)
    return Page(items, _cursor(shown, query.state) if len(rows) > limit else None)


def in_queue(number: int) -> ColumnElement[bool]:
    """A condition on cases: that they wait in this queue; 0 is the rest."""
    column = table_of(CaseRow).c.queue_id
    return column == number if number else column.is_(None)


def _rows(session: Session, query: CaseQuery, now: datetime, most: int) -> list[CaseRow]:
    """The first of the page. What counts as being in a state is asked for part by part, which an index answers: in one
    question everything that waits would be sorted.
    """
    parts = (true(),) if query.state is None else _parts(query.state, now)
    statement = _statement(session, query, now).limit(most)
    found = [row for part in parts for row in session.scalars(statement.where(part))]
    if len(parts) > 1:
        found.sort(key=lambda row: (row.rank, row.id), reverse=True)
    return found[:most]


def _statement(session: Session, query: CaseQuery, now: datetime) -> Select[CaseRow]:
    statement = select(CaseRow).where(CaseRow.state != CaseState.SEALED)
    if query.subject is not None:
        about = select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == query.subject)
        statement = statement.where(or_(CaseRow.author_uri == query.subject, CaseRow.id.in_(about)))
    for column, value in (
        (CaseRow.label, query.label),
        (CaseRow.language, query.language),
        (CaseRow.assigned_to, query.assigned_to),
        (CaseRow.origin, query.origin),
    ):
        if value is not None:
            statement = statement.where(column == value)
    if query.queue is not None:
        statement = statement.where(in_queue(query.queue))
    if query.reader is not None:
        statement = statement.where(exclusions.is_for(session, query.reader, now))
    if query.cursor is not None:
        statement = statement.where(_after(query.cursor, query.state))
    if _by_time(query.state):
        return statement.order_by(CaseRow.changed_at.desc(), CaseRow.id.desc())
    return statement.order_by(CaseRow.rank.desc(), CaseRow.id.desc())


def _parts(state: CaseState, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """A claim that ran out counts as open, or escalated if it was."""
    over = and_(CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_until <= now)
    if state is CaseState.OPEN:
        return (CaseRow.state == state, and_(over, CaseRow.escalated_at.is_(None)))
    if state is CaseState.ESCALATED:
        return (CaseRow.state == state, and_(over, CaseRow.escalated_at.is_not(None)))
    if state is CaseState.CLAIMED:
        return (and_(CaseRow.state == state, CaseRow.claimed_until > now),)
    return (CaseRow.state == state,)


def _by_time(state: CaseState | None) -> bool:
    return state in (CaseState.DECIDED, CaseState.CLOSED)


def _cursor(shown: Sequence[CaseRow], state: CaseState | None) -> str:
    last = shown[-1]
    key = last.changed_at.isoformat() if _by_time(state) else last.rank
    return base64.urlsafe_b64encode(json.dumps([key, last.id]).encode()).decode()


def _after(cursor: str, state: CaseState | None) -> ColumnElement[bool]:
    column = CaseRow.changed_at if _by_time(state) else CaseRow.rank
    key, number = _read(cursor, by_time=_by_time(state))
    return or_(column < key, and_(column == key, CaseRow.id < number))


def _read(cursor: str, *, by_time: bool) -> tuple[datetime | float, int]:
    try:
        key, number = json.loads(base64.urlsafe_b64decode(cursor[:200].encode()))
        when = datetime.fromisoformat(key) if by_time else float(key)
        if isinstance(when, datetime) and when.tzinfo is None:
            raise ValueError
        if not 0 <= int(number) < 1 << 63:
            raise ValueError
        return when, int(number)
    except (ValueError, TypeError, binascii.Error, UnicodeError, RecursionError) as error:
        raise BadCursorError("this isn't a cursor of this list") from error
