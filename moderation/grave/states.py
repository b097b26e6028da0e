"""Where a grave case is, which ways lead on, and the one function that goes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.errors import ForbiddenArrowError
from moderation.grave.tables import GraveCaseRow, GraveState
from moderation.rows import table_of

ARROWS: Final[Mapping[GraveState, frozenset[GraveState]]] = {
    GraveState.RAISED: frozenset((GraveState.REPORTED, GraveState.RELEASED)),
    GraveState.REPORTED: frozenset((GraveState.REPORTED, GraveState.RELEASED, GraveState.DESTROYED)),
    GraveState.RELEASED: frozenset(),
    GraveState.DESTROYED: frozenset(),
}
"""What wasn't reported is never destroyed; REPORTED to REPORTED is a second authority, or a late reference."""


def change(session: Session, row: GraveCaseRow, to: GraveState, **values: Any) -> None:
    """Move it along an arrow. Raises ForbiddenArrowError where none leads there, also if somebody was faster."""
    table = table_of(GraveCaseRow)
    sources = [state for state, targets in ARROWS.items() if to in targets]
    statement = update(table).where(table.c.case_id == row.case_id, table.c.state.in_(sources))
    if session.connection().execute(statement.values(state=to, **values)).rowcount != 1:
        session.refresh(row)
        raise ForbiddenArrowError(f"what is {row.state} can't become {to}")
    session.refresh(row)
