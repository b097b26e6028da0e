"""Whose eyes a case is not for: who has already said what they think of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.quality.tables import (
    ProposalKind,
    ProposalRow,
    ProposalState,
    ReviewRow,
    ReviewState,
    StagedKind,
    StagedRow,
)


def unread_by(moderator: str, now: datetime) -> ColumnElement[bool]:
    """Cases on which this moderator hasn't had their say: no second opinion of theirs waits, no decision is reread."""
    proposed = select(ProposalRow.id).where(
        ProposalRow.case_id == CaseRow.id,
        ProposalRow.kind == ProposalKind.SECOND,
        ProposalRow.state == ProposalState.WAITING,
        ProposalRow.by == moderator,
        or_(ProposalRow.own_from.is_(None), ProposalRow.own_from > now),
    )
    decided = (
        select(StagedRow.case_id)
        .join(ReviewRow, and_(ReviewRow.id == StagedRow.source_id, StagedRow.kind == StagedKind.REVIEW))
        .where(StagedRow.case_id == CaseRow.id, ReviewRow.first_by == moderator, ReviewRow.state == ReviewState.WAITING)
    )
    return ~proposed.exists() & ~decided.exists()


def is_unread_by(session: Session, case_id: int, moderator: str, now: datetime) -> bool:
    """Whether this moderator hasn't had their say on a case."""
    query = select(CaseRow.id).where(CaseRow.id == case_id, unread_by(moderator, now))
    return session.scalar(query) is not None
