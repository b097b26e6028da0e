"""What the house's rows say of its staffing: what came, what people found, when they worked, how much they decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.in_force import WHOLE
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.holds.tables import HoldRow
from moderation.rows import slices
from moderation.values import Action, CaseOrigin, CaseState
from moderation.workforce import attendance
from moderation.workforce.capacity import Arrival, Past
from moderation.workforce.tables import StretchKind, StretchRow

LOOKED_BACK: Final = timedelta(days=14)
MOST: Final = 4000
"""With more cases than this the latest count, and the days that they took."""
WORK: Final = (StretchKind.CASES, StretchKind.APPEALS)
STOOD: Final = (Action.APPROVE, Action.NO_ACTION)


def past(session: Session, now: datetime) -> Past:
    """The last fourteen days, or since the house began."""
    rows = _cases(session, now)
    first = rows[0].opened_at if rows else now
    since = now - LOOKED_BACK if len(rows) < MOST else first
    held, found = _held(session, [row.id for row in rows]), upheld(session, [row.id for row in rows])
    arrivals = tuple(_arrival(row, held, found) for row in rows)
    decided = select(func.count()).select_from(CaseRow)
    done = session.scalar(decided.where(CaseRow.state == CaseState.DECIDED, CaseRow.decided_at > since)) or 0
    return Past(max(since, min(first, now - timedelta(days=1))), now, arrivals, _worked(session, since, now), done)


def present(session: Session, since: datetime, now: datetime) -> list[tuple[datetime, datetime]]:
    """When each was there: from one thing that they did to the next, as long as these are no further apart than who is
    absent, without breaks. More than what they worked, where little came."""
    query = (
        select(StretchRow.name, StretchRow.kind, StretchRow.began_at, StretchRow.ended_at)
        .where(StretchRow.ended_at > since, StretchRow.began_at < now)
        .order_by(StretchRow.name, StretchRow.began_at)
    )
    found: list[tuple[datetime, datetime]] = []
    last = None
    for name, kind, began, ended in session.execute(query):
        if kind not in WORK:
            last = None
            continue
        begin, end = max(began, since), min(ended, now)
        if last == name and found and begin - found[-1][1] <= attendance.ABSENT:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
        last = name
    return found


def _cases(session: Session, now: datetime) -> list[Any]:
    query = (
        select(CaseRow.id, CaseRow.opened_at, CaseRow.origin, CaseRow.label, CaseRow.language)
        .where(CaseRow.opened_at > now - LOOKED_BACK, CaseRow.state != CaseState.SEALED)
        .order_by(CaseRow.opened_at.desc())
        .limit(MOST)
    )
    return list(session.execute(query).all())[::-1]


def _held(session: Session, cases: list[int]) -> dict[int, float | None]:
    """By case, the score that held its post."""
    found: dict[int, float | None] = {}
    for part in slices(cases):
        query = select(HoldRow.case_id, HoldRow.pending).where(HoldRow.case_id.in_(part), HoldRow.due_at.is_not(None))
        found |= {number: pending.get("certainty") for number, pending in session.execute(query)}
    return found


def upheld(session: Session, cases: list[int]) -> dict[int, bool]:
    """By case, whether the last decision on it did anything; a reversal leaves none."""
    found: dict[int, bool] = {}
    for part in slices(cases):
        query = select(DecisionRow.case_id, DecisionRow.action, DecisionRow.reverses_id)
        ordered = query.where(DecisionRow.case_id.in_(part), WHOLE).order_by(DecisionRow.id)
        for number, action, reverses in session.execute(ordered):
            if number is None:
                continue
            found.pop(number, None)
            if reverses is None:
                found[number] = action not in STOOD
    return found


def _arrival(row: Any, held: dict[int, float | None], upheld: dict[int, bool]) -> Arrival:
    is_held = row.origin is CaseOrigin.HOLD and row.id in held
    score = held.get(row.id) if is_held else None
    return Arrival(row.opened_at, is_held, row.label, score, upheld.get(row.id), row.origin, row.language)


def _worked(session: Session, since: datetime, now: datetime) -> tuple[tuple[datetime, datetime], ...]:
    query = select(StretchRow.began_at, StretchRow.ended_at).where(
        StretchRow.kind.in_(WORK), StretchRow.ended_at > since
    )
    rows = session.execute(query.where(StretchRow.began_at < now).order_by(StretchRow.began_at))
    return tuple((max(began, since), min(ended, now)) for began, ended in rows if ended > began)
