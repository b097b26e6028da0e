"""Whose history somebody of the team may read. A moderator reads anybody's, for a reason of their own; a reviewer, who
may be here for a month, and a trainee read that of a case: of its posts, and of its author while they have it or have
just decided it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import Role
from app.reviewing import people
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.quality.tables import ProposalRow
from moderation.values import CaseState

JUST: Final = timedelta(hours=24)
"""So long after somebody's decision, or a trainee's proposal, they may still look at its author."""


def reads_history(session: Session, reader: str, role: Role, uri: str, now: datetime) -> bool:
    """Whether this reader may read what happened to a post or an account. What is kept from them for other reasons
    (`exclusions.hides`, `blinding.hides_history`) isn't asked here.
    """
    if lookup.at_least(role, people.PEOPLE):
        return True
    if not lookup.at_least(role, people.LOOK):
        return False
    mine = (
        select(CaseRow.id)
        .where(CaseRow.author_uri == uri, _is_theirs(reader, now), exclusions.is_for(session, reader, now))
        .limit(1)
    )
    if session.scalar(mine) is not None:
        return True
    posts = (
        select(CaseRow.id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
        .where(CaseSubjectRow.uri == uri, CaseRow.author_uri != uri, exclusions.is_for(session, reader, now))
        .limit(1)
    )
    return session.scalar(posts) is not None


def _is_theirs(reader: str, now: datetime) -> ColumnElement[bool]:
    holds = and_(CaseRow.claimed_by == reader, CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_until > now)
    decided = select(DecisionRow.case_id).where(DecisionRow.made_by == reader, DecisionRow.made_at > now - JUST)
    proposed = select(ProposalRow.case_id).where(ProposalRow.by == reader, ProposalRow.made_at > now - JUST)
    return or_(holds, CaseRow.id.in_(decided), CaseRow.id.in_(proposed))
