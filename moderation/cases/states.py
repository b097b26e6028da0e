"""Where a case is, which ways lead on, and the one function that goes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.errors import ForbiddenArrowError, NotFoundError
from moderation.rows import table_of
from moderation.values import CaseState

ARROWS: Final[Mapping[CaseState, frozenset[CaseState]]] = {
    CaseState.OPEN: frozenset(
        (CaseState.CLAIMED, CaseState.ESCALATED, CaseState.DECIDED, CaseState.CLOSED, CaseState.SEALED)
    ),
    CaseState.CLAIMED: frozenset(
        (
            CaseState.OPEN,
            CaseState.CLAIMED,
            CaseState.ESCALATED,
            CaseState.DECIDED,
            CaseState.CLOSED,
            CaseState.SEALED,
        )
    ),
    CaseState.ESCALATED: frozenset((CaseState.CLAIMED, CaseState.DECIDED, CaseState.CLOSED, CaseState.SEALED)),
    CaseState.DECIDED: frozenset((CaseState.OPEN,)),
    CaseState.CLOSED: frozenset(),
    CaseState.SEALED: frozenset((CaseState.OPEN,)),
}
"""From each state to those that may follow. CLAIMED to CLAIMED is a renewal, or a lease that ran out and was taken;
DECIDED is left again by a reversal, SEALED where it was a mistake; CLOSED (its subject is gone) never."""
UNDECIDED: Final = (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)


def change(
    session: Session,
    case_id: int,
    to: CaseState,
    now: datetime,
    *conditions: ColumnElement[bool],
    **values: Any,
) -> bool:
    """Move a case along an arrow in one atomic UPDATE, if `conditions` hold; whether they did.

    Raises ForbiddenArrowError where no arrow leads from its state to `to`, NotFoundError where there is no case.
    """
    table = table_of(CaseRow)
    sources = [state for state, targets in ARROWS.items() if to in targets]
    statement = update(table).where(table.c.id == case_id, table.c.state.in_(sources), *conditions)
    moved = session.connection().execute(statement.values(state=to, changed_at=now, **values)).rowcount == 1
    row = session.get(CaseRow, case_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such case")
    if not moved and row.state not in sources:
        raise ForbiddenArrowError(f"a case that is {row.state} can't become {to}")
    return moved
