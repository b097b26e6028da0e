"""What people may say of a wave, and the one function that writes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from moderation.duplicates.tables import ClusterRow, ClusterState
from moderation.errors import ForbiddenArrowError

ARROWS: Final[Mapping[ClusterState, frozenset[ClusterState]]] = {
    ClusterState.HELD: frozenset((ClusterState.SPAM, ClusterState.CLEARED)),
    ClusterState.SPAM: frozenset((ClusterState.HELD,)),
    ClusterState.CLEARED: frozenset((ClusterState.HELD,)),
}
"""A person's word is taken back before another one is said."""


def change(session: Session, cluster_id: int, to: ClusterState, ends_at: datetime | None = None) -> None:
    """Move a wave along an arrow. Raises ForbiddenArrowError."""
    sources = [state for state, targets in ARROWS.items() if to in targets]
    values = {"state": to} if ends_at is None else {"state": to, "ends_at": ends_at}
    statement = update(ClusterRow).where(ClusterRow.id == cluster_id, ClusterRow.state.in_(sources)).values(**values)
    if not session.execute(statement.returning(ClusterRow.id)).scalars().all():
        raise ForbiddenArrowError(f"this wave can't become {to}")
