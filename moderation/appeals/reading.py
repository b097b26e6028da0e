"""Appeals read: one's own, a case's, with the content as it was when it was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.appeals.tables import AppealMessageRow, AppealRow
from moderation.appeals.values import Appeal, AppealShown, Message
from moderation.cases.reading import decisions_of
from moderation.cases.tables import CaseSubjectRow, DecisionRow
from moderation.errors import NotFoundError
from moderation.evidence import snapshots
from moderation.evidence.snapshots import Snapshot

MOST = 100


def find(session: Session, appeal_id: int) -> AppealRow:
    """An appeal as it is now. Raises NotFoundError."""
    row = session.get(AppealRow, appeal_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such appeal")
    return row


def find_of(session: Session, decision_id: int, uri: str) -> AppealRow | None:
    """Somebody's appeal against a decision."""
    statement = select(AppealRow).where(AppealRow.decision_id == decision_id, AppealRow.uri == uri)
    return session.scalars(statement).first()


def find_by_case(session: Session, case_id: int) -> AppealRow | None:
    """The appeal that a case is about."""
    statement = select(AppealRow).where(AppealRow.case_id == case_id).execution_options(populate_existing=True)
    return session.scalars(statement).first()


def find_of_report(session: Session, report_id: int, uri: str) -> AppealRow | None:
    """A reporter's appeal about what came of their report, the newest."""
    statement = select(AppealRow).where(AppealRow.report_id == report_id, AppealRow.uri == uri)
    return session.scalars(statement.order_by(AppealRow.id.desc()).limit(1)).first()


def of_person(session: Session, uri: str, limit: int = MOST) -> list[Appeal]:
    """What somebody contested, the newest first."""
    statement = select(AppealRow).where(AppealRow.uri == uri).order_by(AppealRow.id.desc()).limit(limit)
    return [appeal_of(row) for row in session.scalars(statement)]


def messages_of(session: Session, appeal_id: int) -> tuple[Message, ...]:
    """The talk, oldest first."""
    statement = select(AppealMessageRow).where(AppealMessageRow.appeal_id == appeal_id).order_by(AppealMessageRow.id)
    return tuple(Message(row.moderator, row.text, row.written_at) for row in session.scalars(statement.limit(MOST)))


def shown(session: Session, case_id: int, reader: str) -> AppealShown | None:
    """What the desk shows of a case that is an appeal; None for every other. Who decided first isn't shown why."""
    row = find_by_case(session, case_id)
    if row is None:
        return None
    decision = session.get_one(DecisionRow, row.decision_id)
    blind = decision.made_by == reader and row.outcome is None
    return AppealShown(
        appeal=appeal_of(row),
        first=None if blind else decisions_of(session, [decision])[0],
        as_it_was=as_it_was(session, row.case_id, decision.made_at),
        messages=messages_of(session, row.id),
    )


def as_it_was(session: Session, case_id: int, at: datetime) -> tuple[Snapshot, ...]:
    """Each subject's newest evidence from before a moment, or the oldest where there is none so old."""
    uris = session.scalars(
        select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id).order_by(CaseSubjectRow.uri).limit(MOST)
    )
    found = []
    for uri in list(uris):
        taken = snapshots.of(session, uri)
        before = [each for each in taken if each.taken_at <= at]
        found += before[-1:] or taken[:1]
    return tuple(found)


def appeal_of(row: AppealRow) -> Appeal:
    """The value of a row."""
    return Appeal(
        id=row.id,
        decision_id=row.decision_id,
        by=row.by,
        uri=row.uri,
        report_id=row.report_id,
        text=row.text,
        filed_at=row.filed_at,
        case_id=row.case_id,
        afresh_at=row.afresh_at,
        outside_at=row.outside_at,
        outcome=row.outcome,
        reply=row.reply,
        answer_id=row.answer_id,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
    )
