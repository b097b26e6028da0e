"""As what something was reported."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.reports.tables import ReportRow


def reported_as(session: Session, case_id: int, categories: Collection[str]) -> bool:
    """Whether a report of a case is of one of these categories."""
    named = select(ReportRow.id).where(ReportRow.case_id == case_id, ReportRow.category.in_(sorted(categories)))
    return session.scalar(named.limit(1)) is not None
