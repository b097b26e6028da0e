"""What a case is about is shown in another version: the case has both, and whoever reads the old one learns of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation import evidence
from moderation.cases import exclusions, opening
from moderation.cases.states import UNDECIDED
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.evidence import changes
from moderation.evidence.changes import Doer
from moderation.evidence.tables import ChangeKind, SnapshotCause
from moderation.values import CaseOrigin, Submission


def wants(session: Session, uri: str) -> bool:
    """Whether a case is or was about it, so that another version is evidence. What is sealed is nobody's to copy."""
    return changes.is_known(session, uri) and not exclusions.is_sealed(session, uri)


def edited(session: Session, submission: Submission, doer: Doer, now: datetime) -> None:
    """Keep the version that is shown from now on, and say by whom. A decision on the older one is stale then: whoever
    reads it is shown the difference first. Appeals go on: they are about what was decided."""
    changes.note(session, submission.uri, ChangeKind.EDITED, doer, now)
    evidence.take(session, [submission], SnapshotCause.EDIT, now)
    cases = (
        select(CaseRow.id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
        .where(
            CaseSubjectRow.uri == submission.uri,
            CaseRow.state.in_(UNDECIDED),
            CaseRow.origin != CaseOrigin.APPEAL,
        )
    )
    for case_id in session.scalars(cases).all():
        opening.touch(session, case_id, "edited", None, now, **_pictures(session, case_id, submission))


def _pictures(session: Session, case_id: int, submission: Submission) -> dict[str, Any]:
    """What changes of a case with its own subject."""
    if session.get_one(CaseRow, case_id).uri != submission.uri:
        return {}
    return {"has_pictures": opening.has_pictures(each.media_type for each in submission.media)}
