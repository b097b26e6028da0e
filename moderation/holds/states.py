"""Where a hold is, which ways lead on, and the one function that goes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.holds.tables import HoldRow, HoldState
from moderation.rows import slices

ARROWS: Final[Mapping[HoldState, frozenset[HoldState]]] = {
    HoldState.HELD: frozenset((HoldState.RELEASED, HoldState.REFUSED, HoldState.ENDED, HoldState.DELETED)),
    HoldState.RELEASED: frozenset((HoldState.HELD, HoldState.DELETED)),
    HoldState.REFUSED: frozenset((HoldState.HELD, HoldState.DELETED)),
    HoldState.ENDED: frozenset((HoldState.HELD, HoldState.DELETED)),
    HoldState.DELETED: frozenset(),
}
"""What was let in or refused is held again when that is taken back; what its author deleted is closed for good."""


def change(session: Session, ids: Iterable[int], to: HoldState, now: datetime, **values: Any) -> list[int]:
    """Move holds along an arrow; the ids of those that went (others had left the state that the arrow begins in)."""
    sources = [state for state, targets in ARROWS.items() if to in targets]
    settled = None if to is HoldState.HELD else now
    went: list[int] = []
    for part in slices(ids):
        statement = (
            update(HoldRow)
            .where(HoldRow.id.in_(part), HoldRow.state.in_(sources))
            .values(state=to, settled_at=settled, **values)
            .returning(HoldRow.id)
        )
        went += session.execute(statement).scalars()
    return went
