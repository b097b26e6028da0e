"""Whose an assigned case is: the moderator's alone, but for what a frozen author sent back and they left for a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_

from moderation.cases.tables import CaseRow
from moderation.rows import table_of

MENDED: Final = "mended"
"""What happened to a case whose frozen author mended what it is about."""
ANSWERED: Final = "answered"
"""The same where they answered instead."""
UNMENDED: Final = "unmended"
"""The same where their time to do either is over."""
CAME_BACK: Final = (MENDED, ANSWERED, UNMENDED)
FIRST_FOR: Final = timedelta(hours=24)
"""For so long a case that came back waits for who froze its author; then it is everybody's."""


def may_take(moderator: str, now: datetime) -> ColumnElement[bool]:
    """A condition on cases: that they are everybody's, or this moderator's."""
    table = table_of(CaseRow)
    left = and_(table.c.changed_what.in_(CAME_BACK), table.c.changed_at <= now - FIRST_FOR)
    return or_(table.c.assigned_to.is_(None), table.c.assigned_to == moderator, left)
