"""An author deletes what is held or reported: a hold's case is closed for good, the evidence stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from moderation.cases import opening, states
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.duplicates.tables import FingerprintRow
from moderation.evidence import changes
from moderation.evidence.changes import AUTHOR, Doer
from moderation.evidence.tables import ChangeKind
from moderation.holds import states as hold_states
from moderation.holds.tables import HoldRow, HoldState
from moderation.values import CaseOrigin, CaseState

ABOUT_CONDUCT = (CaseOrigin.REPORT, CaseOrigin.APPEAL)
"""A reported post's author can't close the case by deleting it, and who deletes a post may contest a strike still."""


def deleted(session: Session, uri: str, by: str, now: datetime, doer: Doer = AUTHOR) -> list[int]:
    """Note that a subject is gone, and whose doing it was; the ids of the cases that this closed.

    A case closes when nothing that it is about is left; a report's stays, about what was reported.
    """
    changes.note(session, uri, ChangeKind.DELETED, doer, now)
    # Settled holds too: a decision that is taken back later must not hold what isn't there any more.
    holds = session.scalars(select(HoldRow.id).where(HoldRow.uri == uri, HoldRow.state != HoldState.DELETED))
    hold_states.change(session, list(holds), HoldState.DELETED, now)
    session.execute(delete(FingerprintRow).where(FingerprintRow.uri == uri))  # what is gone is in no wave
    return [case_id for case_id in _cases(session, uri) if _close(session, case_id, uri, by, now)]


def _cases(session: Session, uri: str) -> list[int]:
    statement = (
        select(CaseRow.id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
        .where(CaseSubjectRow.uri == uri, CaseRow.state.in_(states.UNDECIDED))
    )
    return list(session.scalars(statement))


def _close(session: Session, case_id: int, uri: str, by: str, now: datetime) -> bool:
    case = session.get_one(CaseRow, case_id)
    opening.touch(session, case_id, "deleted", by, now)
    if case.origin in ABOUT_CONDUCT or _others_held(session, case_id, uri):
        return False
    return states.change(session, case_id, CaseState.CLOSED, now, claimed_by=None, claimed_until=None, changed_by=by)


def _others_held(session: Session, case_id: int, uri: str) -> bool:
    statement = select(HoldRow.id).where(
        HoldRow.case_id == case_id, HoldRow.uri != uri, HoldRow.state == HoldState.HELD
    )
    return session.scalar(statement.limit(1)) is not None
