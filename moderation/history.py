"""Everything that happened to a subject, oldest first: verdicts, evidence, reports, cases, decisions, holds."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseEventRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Event
from moderation.evidence.tables import SnapshotRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.reports.tables import ReportRow
from moderation.verdicts.tables import VerdictRow

MOST = 500


def of(session: Session, uri: str) -> list[Event]:
    """Every event on a subject (a post, an author), oldest first; the latest 500 of each kind."""
    parts = (_verdicts, _snapshots, _reports, _cases, _decisions, _holds)
    events = [event for part in parts for event in part(session, uri)]
    return sorted(events, key=lambda event: event.at)


def _verdicts(session: Session, uri: str) -> Iterator[Event]:
    statement = select(VerdictRow).where(VerdictRow.uri == uri).order_by(VerdictRow.id.desc()).limit(MOST)
    for row in session.scalars(statement):
        details = {
            "verdict": row.id,
            "outcome": row.outcome.value,
            "label": row.label,
            "reasons": row.reasons,
            "policy": row.policy_version,
            "models": row.models,
        }
        yield Event(row.made_at, "verdict", "person" if row.by_person else None, details)


def _snapshots(session: Session, uri: str) -> Iterator[Event]:
    statement = select(SnapshotRow).where(SnapshotRow.uri == uri).order_by(SnapshotRow.seq.desc()).limit(MOST)
    for row in session.scalars(statement):
        yield Event(row.taken_at, "snapshot", None, {"seq": row.seq, "cause": row.cause.value, "id": row.id})


def _reports(session: Session, uri: str) -> Iterator[Event]:
    about = select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == uri)
    statement = (
        select(ReportRow)
        .where(or_(ReportRow.target_uri == uri, ReportRow.case_id.in_(about)))
        .order_by(ReportRow.id.desc())
        .limit(MOST)
    )
    for row in session.scalars(statement):
        if row.target_uri == uri or uri in row.subject_uris:
            details = {"report": row.id, "category": row.category, "outcome": row.outcome.value}
            yield Event(row.filed_at, "reported", row.reporter_uri or row.reporter_domain, details)


def _cases(session: Session, uri: str) -> Iterator[Event]:
    about = select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == uri)
    statement = (
        select(CaseEventRow)
        .where(CaseEventRow.case_id.in_(about), CaseEventRow.what.not_in(("decided", "reversed")))
        .order_by(CaseEventRow.id.desc())
        .limit(MOST)
    )
    for row in session.scalars(statement):
        yield Event(row.at, f"case_{row.what}", row.by, {"case": row.case_id, **row.details})


def _decisions(session: Session, uri: str) -> Iterator[Event]:
    cases = (
        select(DecisionCaseRow.decision_id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == DecisionCaseRow.case_id)
        .where(CaseSubjectRow.uri == uri)
    )
    # a union, each part of which has an index: with "or", databases read every decision there is
    these = cases.union_all(
        select(DecisionRow.id).where(DecisionRow.uri == uri),
        select(DecisionRow.id).where(DecisionRow.author_uri == uri),
        select(DecisionRow.id).where(DecisionRow.reverses_id.in_(cases)),
    )
    statement = select(DecisionRow).where(DecisionRow.id.in_(these)).order_by(DecisionRow.id.desc()).limit(MOST)
    for row in session.scalars(statement):
        details = {
            "decision": row.id,
            "case": row.case_id,
            "action": row.action.value,
            "scope": row.scope.value,
            "rule": row.rule_id,
            "reason": row.reason,
            "reverses": row.reverses_id,
        }
        yield Event(row.made_at, "reversed" if row.reverses_id else "decided", row.made_by, details)


def _holds(session: Session, uri: str) -> Iterator[Event]:
    statement = select(HoldRow).where(HoldRow.uri == uri).order_by(HoldRow.id.desc()).limit(MOST)
    for row in session.scalars(statement):
        due = row.due_at.isoformat() if row.due_at else None
        yield Event(row.held_at, "held", None, {"due_at": due, "case": row.case_id})
        if row.settled_at is not None and row.state in (HoldState.ENDED, HoldState.DELETED):
            yield Event(row.settled_at, f"hold_{row.state.value}", None, {"case": row.case_id})
