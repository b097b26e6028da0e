"""The budget of people's time: how many cases machines may still make today."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow, DecisionRow
from moderation.policy.values import Budget
from moderation.values import CaseOrigin

ACTIVE: Final = timedelta(days=7)
MACHINE: Final = (CaseOrigin.HOLD, CaseOrigin.CARE)


def active_moderators(session: Session, now: datetime) -> int:
    """How many people decided something in the last seven days; one at least, who runs the place."""
    found = session.scalar(
        select(func.count(func.distinct(DecisionRow.made_by))).where(DecisionRow.made_at > now - ACTIVE)
    )
    return max(1, found or 0)


def cases_left(session: Session, budget: Budget, now: datetime) -> tuple[int, int]:
    """What the last 24 hours left of the budget, for single cases and for waves, which are counted apart."""
    statement = (
        select(CaseRow.origin, func.count()).where(CaseRow.opened_at > now - timedelta(days=1)).group_by(CaseRow.origin)
    )
    made: Counter[CaseOrigin] = Counter({origin: count for origin, count in session.execute(statement)})
    singles = sum(made[origin] for origin in MACHINE)
    return left_of(budget, active_moderators(session, now), singles, made[CaseOrigin.WAVE])


def left_of(budget: Budget, moderators: int, singles: int, waves: int) -> tuple[int, int]:
    """What so many single cases and waves leave."""
    whole = budget.cases_per_moderator * moderators
    return max(0, whole - singles), max(0, whole - waves)
