"""The public figures are those of the span, and say nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow, DecisionRow
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.transparency import figures
from moderation.values import Action, CaseOrigin, CaseState, Scope, SubjectKind

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def case(session: Session, origin: CaseOrigin, opened_at: datetime, took: timedelta) -> CaseRow:
    row = CaseRow(
        uri="https://far.example/1",
        kind=SubjectKind.POST,
        origin=origin,
        state=CaseState.DECIDED,
        author_uri="https://far.example/mallory",
        author_domain="far.example",
        local=False,
        reasons=[],
        rank=1.0,
        rank_parts={},
        changed_at=opened_at,
        opened_at=opened_at,
        decided_at=opened_at + took,
    )
    session.add(row)
    session.flush()
    return row


def decision(session: Session, on: CaseRow, action: Action, *, reverses: int | None = None) -> DecisionRow:
    row = DecisionRow(
        case_id=on.id,
        uri=on.uri,
        author_uri=on.author_uri,
        domain="far.example",
        action=action,
        scope=Scope.SUBJECT,
        rule_id="3" if action is Action.REMOVE else None,
        made_by="ada",
        made_at=on.decided_at,
        effects=[],
        reverses_id=reverses,
    )
    session.add(row)
    session.flush()
    return row


def test_decisions_are_counted_by_what_who_and_rule_and_those_taken_back_apart(session: Session) -> None:
    now, hour = NOW, timedelta(hours=1)
    held = case(session, CaseOrigin.HOLD, now, hour)
    told = case(session, CaseOrigin.REPORT, now, 3 * hour)
    decision(session, held, Action.REMOVE)
    wrong = decision(session, told, Action.SUSPEND)
    decision(session, told, Action.SUSPEND, reverses=wrong.id)
    session.add(report(told, now))
    session.add(report(told, now - timedelta(days=400)))
    session.flush()
    found = figures.of_span(session, now - timedelta(days=1), now + timedelta(days=1))
    assert found.decisions == {"remove": 1} and found.rules == {"3": 1} and found.reversed == 1
    assert (found.pointed_out_by_machine, found.pointed_out_by_people) == (1, 0)
    assert found.median_seconds == 2 * 3600
    assert found.reports == {"spam": 1} and found.outcomes == {"upheld": 1} and found.appeals == {}


def report(on: CaseRow, at: datetime) -> ReportRow:
    return ReportRow(
        case_id=on.id,
        reporter_domain="ostiary.example",
        origin=ReportOrigin.MEMBER,
        target_uri=on.author_uri,
        subject_uris=[on.uri],
        category="spam",
        rule_ids=[],
        comment="",
        outcome=ReportOutcome.UPHELD,
        filed_at=at,
    )


def test_a_span_in_which_nothing_happened_is_empty(session: Session) -> None:
    found = figures.of_span(session, NOW - timedelta(days=1), NOW)
    assert found.judged == 0 and found.decisions == {} and found.median_seconds is None
