"""Who else works on a case or on its author's others now: known from claims, which whoever works renews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.cases import exclusions
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseSummary
from moderation.values import CaseOrigin, CaseState

MOST: Final = 10


@dataclass(frozen=True, slots=True)
class Presence:
    """A colleague at work; `case_id` is which case they have."""

    name: str
    case_id: int


def others(session: Session, case: CaseSummary, reader: str, now: datetime) -> list[Presence]:
    """Colleagues who hold a claim on this case or on others of its author, by case; at most ten.

    Cases that aren't for the reader stay out, and so do samples and practice: nobody knows of another's.
    """
    statement = (
        select(CaseRow.claimed_by, CaseRow.id)
        .where(or_(CaseRow.author_uri == case.author_uri, CaseRow.id == case.id))
        .where(CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_until > now, CaseRow.claimed_by != reader)
        .where(CaseRow.origin != CaseOrigin.AUDIT, exclusions.is_for(session, reader, now))
        .order_by(CaseRow.id)
        .limit(MOST)
    )
    return [Presence(str(name), number) for name, number in session.execute(statement)]
