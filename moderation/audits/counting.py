"""How many audits there may still be today."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.policy.values import Audits
from moderation.values import CaseOrigin


def audits_left(session: Session, audits: Audits, now: datetime) -> int:
    """What the last 24 hours left of a day's audits."""
    made = session.scalar(
        select(func.count()).where(CaseRow.opened_at > now - timedelta(days=1), CaseRow.origin == CaseOrigin.AUDIT)
    )
    return max(0, audits.per_day - (made or 0))
