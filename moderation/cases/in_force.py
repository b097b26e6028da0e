"""Which decisions hold an account in a state now."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from moderation.cases.tables import DecisionRow
from moderation.values import Verb

ORIGINAL: Final = func.coalesce(DecisionRow.reverses_id, 0) == 0
"""A condition on decisions: that it takes back no other. Said so that SQLite doesn't look for it in the index of what
is taken back, where nearly every row has nothing."""
WHOLE: Final = func.coalesce(DecisionRow.part_of_id, 0) == 0
"""A condition on decisions: that it isn't a part of another; said so for the same reason."""
_REVERSAL = aliased(DecisionRow)
STANDS: Final = ~select(_REVERSAL.id).where(_REVERSAL.reverses_id == DecisionRow.id).exists()
"""A condition on decisions: that nobody took them back. Made once, for an alias takes longer to make than to ask."""


def in_force(session: Session, author_uri: str, verb: Verb) -> list[int]:
    """Ids of decisions that ask for this state of an account and were not taken back, the latest first."""
    statement = (
        select(DecisionRow)
        .where(DecisionRow.author_uri == author_uri, ORIGINAL)
        .where(STANDS)
        .order_by(DecisionRow.id.desc())
    )
    return [row.id for row in session.scalars(statement) if _asks(row, author_uri, verb)]


def last_own(session: Session, by: str, since: datetime) -> DecisionRow | None:
    """Somebody's last decision since then that stands: what one undo takes back."""
    statement = (
        select(DecisionRow)
        .where(DecisionRow.made_by == by, DecisionRow.made_at > since, ORIGINAL)
        .where(WHOLE)
        .where(STANDS)
        .order_by(DecisionRow.made_at.desc(), DecisionRow.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def _asks(row: DecisionRow, author_uri: str, verb: Verb) -> bool:
    return any(each.get("verb") == verb.value and each.get("uri") == author_uri for each in row.effects)
