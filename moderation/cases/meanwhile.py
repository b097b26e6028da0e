"""What colleagues decided about the same author while somebody was reading: told before another decision is made."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation.cases import exclusions
from moderation.cases.in_force import WHOLE
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.errors import AuthorDecidedError

_BY_ITSELF: Final = "policy"


def newest(session: Session, author_uri: str) -> int:
    """The number of the newest decision about an author; 0 where there is none."""
    statement = select(func.max(DecisionRow.id)).where(DecisionRow.author_uri == author_uri)
    return session.scalar(statement) or 0


def require_as_seen(session: Session, case: CaseRow, request: DecisionRequest, by: str, now: datetime) -> None:
    """Raise AuthorDecidedError where a colleague decided another case of the author since `request.author_decision`.

    What ran out by itself, and what isn't for this moderator to see, is no news.
    """
    if request.author_decision is None:
        return
    theirs = select(CaseRow.id).where(CaseRow.id == DecisionRow.case_id, exclusions.is_for(session, by, now))
    statement = (
        select(DecisionRow)
        .where(DecisionRow.author_uri == case.author_uri, DecisionRow.id > request.author_decision)
        .where(DecisionRow.made_by.not_in((by, _BY_ITSELF)), WHOLE)
        .where(or_(DecisionRow.case_id.is_(None), DecisionRow.case_id != case.id))
        .where(or_(DecisionRow.case_id.is_(None), theirs.exists()))
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    row = session.scalars(statement).first()
    if row is not None:
        taken_back = row.reverses_id is not None
        raise AuthorDecidedError(row.action.value, row.id, row.made_by, row.made_at, case.version, taken_back)
