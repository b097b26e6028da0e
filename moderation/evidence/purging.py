"""Forgetting in time: evidence, fingerprints, scores and counters each have their day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Delete, Select, Table, Update, delete, select, update
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.duplicates.tables import FingerprintRow
from moderation.evidence import changes, wordings
from moderation.evidence.snapshots import RETENTION
from moderation.evidence.tables import SnapshotRow
from moderation.learning.tables import ReadingRow
from moderation.preservation import reach
from moderation.rows import slices, table_of
from moderation.values import CaseState
from moderation.verdicts.tables import FindingRow, VerdictRow

FINGERPRINTS_KEPT: Final = timedelta(days=14)
SCORES_KEPT: Final = timedelta(days=30)
OPEN: Final = (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)


def forget_findings(session: Session, now: datetime, limit: int) -> int:
    """Why machines judged as they did, once it is old, unless an order wants it; how many."""
    _run(session, _readings(now))
    return _run(session, _findings(now, limit))


def forget_scores(session: Session, now: datetime, limit: int) -> int:
    """The scores of old verdicts; of how many."""
    return _run(session, _scores(now, limit))


def forget_fingerprints(session: Session, now: datetime, limit: int) -> int:
    """By which copies were found; how many."""
    return _run(session, _fingerprints(now, limit))


def _run(session: Session, statement: Delete | Update) -> int:
    return int(session.connection().execute(statement).rowcount)


def forget_snapshots(session: Session, now: datetime, limit: int) -> int:
    """Evidence that has outlived its time; how much. That of a case that is open stays, and what an order wants.

    Cases learn that the evidence of theirs is over: a page must not look as if there had never been any.
    """
    table = table_of(SnapshotRow)
    due = session.execute(_snapshots(now, limit)).all()
    for part in slices(number for number, _uri in due):
        session.execute(delete(table).where(table.c.id.in_(part)))
        wordings.drop(session, part)
    changes.note_purged(session, (uri for _number, uri in due), now)
    return len(due)


def _snapshots(now: datetime, limit: int) -> Select[Any]:
    table, cases, subjects = table_of(SnapshotRow), table_of(CaseRow), table_of(CaseSubjectRow)
    open_case = (
        select(subjects.c.uri)
        .join(cases, cases.c.id == subjects.c.case_id)
        .where(subjects.c.uri == table.c.uri, cases.c.state.in_(OPEN))
        .exists()
    )
    over = table.c.purge_after <= now
    return select(table.c.id, table.c.uri).where(over, ~open_case, ~_wanted(table, now)).limit(limit)


def _wanted(table: Table, now: datetime) -> ColumnElement[bool]:
    return reach.reaches(now, table.c.uri, table.c.author_uri)


def _findings(now: datetime, limit: int) -> Delete:
    table, verdicts = table_of(FindingRow), table_of(VerdictRow)
    due = (
        select(table.c.id)
        .join(verdicts, verdicts.c.id == table.c.verdict_id)
        .where(verdicts.c.made_at <= now - RETENTION, ~_wanted(verdicts, now))
        .limit(limit)
    )
    return delete(table).where(table.c.id.in_(due))


def _readings(now: datetime) -> Delete:
    table, verdicts = table_of(ReadingRow), table_of(VerdictRow)
    due = (
        select(table.c.id)
        .join(verdicts, verdicts.c.id == table.c.verdict_id)
        .where(table.c.read_at <= now - RETENTION, ~_wanted(verdicts, now))
    )
    return delete(table).where(table.c.id.in_(due))


def _scores(now: datetime, limit: int) -> Update:
    table = table_of(VerdictRow)
    due = (
        select(table.c.id)
        .where(table.c.made_at <= now - SCORES_KEPT, table.c.facts.is_not(None), ~_wanted(table, now))
        .order_by(table.c.made_at)
        .limit(limit)
    )
    return update(table).where(table.c.id.in_(due)).values(facts=None)


def _fingerprints(now: datetime, limit: int) -> Delete:
    table = table_of(FingerprintRow)
    old = table.c.made_at <= now - FINGERPRINTS_KEPT
    due = select(table.c.id).where(old, ~_wanted(table, now)).limit(limit)
    return delete(table).where(table.c.id.in_(due))
