"""Whether anything that is known of a subject is grave: then nobody reads it for practice, and no service does."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.grave.tables import GraveCaseRow
from moderation.policy import store
from moderation.quality import staging
from moderation.quality.tables import StagedRow
from moderation.reports.tables import ReportRow


def is_grave(session: Session, case: CaseRow) -> bool:
    """Whether a case, or any other about the same subject (an appeal, a copy, one that was decided long ago), has a
    grave label, was raised as grave, also by mistake, or was reported as something grave."""
    labels = sorted(store.current(session).grave.labels)
    these = _about(case.id, {case.uri, staging.real_of(session, case)[0]})
    raised = select(GraveCaseRow.case_id).where(GraveCaseRow.case_id == CaseRow.id)
    reported = select(ReportRow.id).where(ReportRow.case_id == CaseRow.id, ReportRow.category.in_(labels))
    query = select(CaseRow.id).where(these, or_(CaseRow.label.in_(labels), raised.exists(), reported.exists()))
    return session.scalar(query.limit(1)) is not None


def _about(number: int, uris: set[str]) -> ColumnElement[bool]:
    subjects = select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri.in_(uris))
    copies = select(StagedRow.case_id).where(StagedRow.subject_uri.in_(uris))
    return CaseRow.id.in_(subjects.union(copies)) | (CaseRow.id == number)
