"""Whoever often gives notices without any ground is warned, and then not heard for a while (DSA, article 23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.notices.tables import LegalNoticeRow
from moderation.reports.tables import ReportOutcome, ReportRow

WITHIN: Final = timedelta(days=180)
WARN: Final = 3
SUSPEND: Final = 6
"""Each that people declined, and at least four fifths of all that they decided."""


@dataclass(frozen=True, slots=True)
class Record:
    """What people decided of somebody's notices lately."""

    upheld: int
    declined: int

    @property
    def warned(self) -> bool:
        """Whether the next answer carries a warning."""
        return self.declined >= WARN and self._mostly_wrong

    @property
    def suspended(self) -> bool:
        """Whether further notices aren't taken for now."""
        return self.declined >= SUSPEND and self._mostly_wrong

    @property
    def _mostly_wrong(self) -> bool:
        return 5 * self.declined >= 4 * (self.upheld + self.declined)


def record(session: Session, email: str, now: datetime) -> Record:
    """By the address that they confirmed."""
    statement = (
        select(ReportRow.outcome, func.count())
        .join(LegalNoticeRow, LegalNoticeRow.report_id == ReportRow.id)
        .where(LegalNoticeRow.email_lower == email.lower(), ReportRow.settled_at > now - WITHIN)
        .group_by(ReportRow.outcome)
    )
    counts = {outcome: count for outcome, count in session.execute(statement)}
    return Record(counts.get(ReportOutcome.UPHELD, 0), counts.get(ReportOutcome.DECLINED, 0))
