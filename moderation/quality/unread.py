"""Who has had their say on a case and waits for somebody else's: they may look, and not claim or answer it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.quality.tables import ProposalKind, ProposalRow, ProposalState


def unread_by(moderator: str, now: datetime) -> ColumnElement[bool]:
    """Cases on which this moderator hasn't had their say: no second opinion that they asked for waits."""
    proposed = select(ProposalRow.id).where(
        ProposalRow.case_id == CaseRow.id,
        ProposalRow.kind == ProposalKind.SECOND,
        ProposalRow.state == ProposalState.WAITING,
        ProposalRow.by == moderator,
        or_(ProposalRow.own_from.is_(None), ProposalRow.own_from > now),
    )
    return ~proposed.exists()


def is_unread_by(session: Session, case_id: int, moderator: str, now: datetime) -> bool:
    """Whether this moderator hasn't had their say on a case."""
    query = select(CaseRow.id).where(CaseRow.id == case_id, unread_by(moderator, now))
    return session.scalar(query) is not None
