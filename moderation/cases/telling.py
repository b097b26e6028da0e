"""Who is told what of a decision: authors of this server, and members who reported."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.rows import slices
from moderation.values import CaseOrigin, Effect, Verb

MACHINE = (CaseOrigin.HOLD, CaseOrigin.WAVE, CaseOrigin.RETRY, CaseOrigin.AUDIT, CaseOrigin.CARE)


def authors(
    case: CaseRow, decision: DecisionRow, subjects: dict[str, str], reverses: int | None = None
) -> list[Effect]:
    """A statement for each author in `subjects` (author → what it is about), unless nothing was held against them."""
    if decision.action in HARMLESS:
        return []
    return [
        Effect(Verb.NOTIFY_AUTHOR, author, decision.id, None, _statement(case, decision, author, about, reverses))
        for author, about in subjects.items()
    ]


def settle_reports(session: Session, case_ids: Sequence[int], decision: DecisionRow, now: datetime) -> list[Effect]:
    """Note what came of the reports on these cases; a notice for each member who filed one."""
    outcome = ReportOutcome.DECLINED if decision.action in HARMLESS else ReportOutcome.UPHELD
    effects: list[Effect] = []
    for part in slices(case_ids):
        statement = select(ReportRow).where(ReportRow.case_id.in_(part), ReportRow.outcome == ReportOutcome.WAITING)
        for row in session.scalars(statement):
            row.outcome, row.settled_at = outcome, now
            if row.origin is ReportOrigin.MEMBER and row.reporter_uri is not None:
                effects.append(_to_reporter(row, decision))
    session.flush()
    return effects


def reopen_reports(session: Session, case_ids: Sequence[int], decided_at: datetime) -> None:
    """Reports wait again where their decision was taken back."""
    settled = (ReportOutcome.UPHELD, ReportOutcome.DECLINED)
    for part in slices(case_ids):
        statement = select(ReportRow).where(
            ReportRow.case_id.in_(part), ReportRow.outcome.in_(settled), ReportRow.settled_at == decided_at
        )
        for row in session.scalars(statement):
            row.outcome, row.settled_at = ReportOutcome.WAITING, None
    session.flush()


def strikes(case: CaseRow, request: DecisionRequest) -> bool:
    """Whether a decision counts against an account of this server. Being in need of care never does."""
    return case.local and request.action not in HARMLESS and case.origin is not CaseOrigin.CARE


def _statement(case: CaseRow, decision: DecisionRow, author: str, about: str, reverses: int | None) -> dict[str, Any]:
    return {
        "author_uri": author,
        "subject_uri": about,
        "action": decision.action.value,
        "scope": decision.scope.value,
        "rule_id": decision.rule_id,
        "reason": decision.reason,
        "automated": case.origin in MACHINE,
        "ends_at": decision.ends_at.isoformat() if decision.ends_at else None,
        "reverses": reverses,
    }


def _to_reporter(row: ReportRow, decision: DecisionRow) -> Effect:
    params = {"report_id": row.id, "outcome": row.outcome.value, "action": decision.action.value}
    return Effect(Verb.NOTIFY_REPORTER, row.reporter_uri or "", decision.id, None, params)
