"""Where trainings are, which ways lead on, and the function that goes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.errors import ForbiddenArrowError
from moderation.learning.tables import TrainingRow, TrainingState

ARROWS: Final[Mapping[TrainingState, frozenset[TrainingState]]] = {
    TrainingState.WAITING: frozenset((TrainingState.UNDER_WAY, TrainingState.FAILED)),
    TrainingState.UNDER_WAY: frozenset((TrainingState.CANDIDATE, TrainingState.REFUSED, TrainingState.FAILED)),
    TrainingState.CANDIDATE: frozenset(),
    TrainingState.REFUSED: frozenset(),
    TrainingState.FAILED: frozenset(),
}


def move(session: Session, number: int, to: TrainingState, **values: Any) -> TrainingRow:
    """Move a training along an arrow in one atomic UPDATE. Raises ForbiddenArrowError where somebody was faster."""
    sources = [state for state, targets in ARROWS.items() if to in targets]
    statement = update(TrainingRow).where(TrainingRow.id == number, TrainingRow.state.in_(sources))
    if session.connection().execute(statement.values(state=to, **values)).rowcount != 1:
        raise ForbiddenArrowError(f"a training can't become {to} any more")
    return session.get_one(TrainingRow, number, populate_existing=True)
