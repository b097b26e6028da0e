"""Cases by what was written: every case whose evidence is kept, as far as it is its reader's to see."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import Role
from app.reviewing import people
from moderation.cases import exclusions, reading, states
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.cases.values import CaseSummary
from moderation.evidence import snapshots, wordings
from moderation.evidence.tables import SnapshotRow
from moderation.quality import blinding
from moderation.workforce import routing

SHOWN: Final = 40
LOOKED_THROUGH: Final = 2000
"""Of the evidence that has the words, the latest."""


def cases(session: Session, asked: str, reader: str, role: Role, now: datetime) -> tuple[CaseSummary, ...]:
    """The cases, the newest evidence first. None that is sealed or not for them, none about what they don't read, and
    none that is staged: a copy beside its original would say so.

    An author's name is among the words: who doesn't decide about people finds what waits, and what they decided.
    """
    found = wordings.having(session, asked, LOOKED_THROUGH)
    if found is None:
        return ()
    newest = func.max(SnapshotRow.id).label("newest")
    hits = (
        select(CaseSubjectRow.case_id, newest)
        .join(SnapshotRow, SnapshotRow.uri == CaseSubjectRow.uri)
        .where(SnapshotRow.id.in_(found))
        .group_by(CaseSubjectRow.case_id)
        .subquery()
    )
    statement = (
        select(CaseRow)
        .join(hits, hits.c.case_id == CaseRow.id)
        .where(exclusions.is_for(session, reader, now), routing.unskipped(session, reader, now))
        .where(true() if lookup.at_least(role, people.PEOPLE) else _waits_or_theirs(reader))
        .order_by(hits.c.newest.desc(), CaseRow.id.desc())
        .limit(SHOWN)
    )
    rows = session.scalars(statement).all()
    latest = snapshots.latest(session, [row.uri for row in rows])
    shown = [reading.summary_of(row, latest.get(row.uri), now) for row in rows]
    return blinding.summaries(session, shown, reader)


def _waits_or_theirs(reader: str) -> ColumnElement[bool]:
    return or_(CaseRow.state.in_(states.UNDECIDED), CaseRow.decided_by == reader)
