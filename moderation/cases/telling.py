"""Who is told what of a decision: authors of this server, and members who reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.authors.tables import AuthorRow
from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest, Further
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.rows import slices
from moderation.values import Action, CaseOrigin, Effect, Scope, Verb

Along = dict[str, str | None]
MACHINE = (CaseOrigin.HOLD, CaseOrigin.WAVE, CaseOrigin.RETRY, CaseOrigin.AUDIT, CaseOrigin.CARE)


def authors(
    case: CaseRow,
    decision: DecisionRow,
    subjects: dict[str, str],
    reverses: int | None = None,
    further: Sequence[Further] = (),
) -> list[Effect]:
    """A statement for each author in `subjects` (author → what it is about), unless nothing was held against them."""
    if decision.action in HARMLESS:
        return []
    also = [_along(each, decision.made_at) for each in further if each.scope is not Scope.DOMAIN]
    return [
        Effect(Verb.NOTIFY_AUTHOR, author, decision.id, None, _statement(case, decision, author, about, reverses, also))
        for author, about in subjects.items()
    ]


def of_members(session: Session, case: CaseRow, reached: Mapping[str, str]) -> dict[str, str]:
    """Of the authors whom a decision reached (author → what it is about) those of this server, and the case's own."""
    found = {case.author_uri: case.uri} if case.local else {}
    for part in slices(author for author in reached if author not in found):
        local = select(AuthorRow.uri).where(AuthorRow.uri.in_(part), AuthorRow.local)
        found |= {uri: reached[uri] for uri in session.scalars(local)}
    return found


def settle_reports(
    session: Session, case_ids: Sequence[int], decision: DecisionRow, now: datetime, answer: str = ""
) -> list[Effect]:
    """Note what came of the reports on these cases; a notice for each member who filed one, with the `answer`."""
    outcome = ReportOutcome.DECLINED if decision.action in HARMLESS else ReportOutcome.UPHELD
    effects: list[Effect] = []
    for part in slices(case_ids):
        statement = select(ReportRow).where(ReportRow.case_id.in_(part), ReportRow.outcome == ReportOutcome.WAITING)
        for row in session.scalars(statement):
            row.outcome, row.settled_at, row.answer = outcome, now, answer
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
            row.outcome, row.settled_at, row.answer = ReportOutcome.WAITING, None, ""
    session.flush()


def is_exempt(action: Action, scope: Scope, origin: CaseOrigin | None) -> bool:
    """Whether no statement of reasons is owed: deceptive high-volume commercial content (DSA article 17(2))."""
    return action is Action.SPAM and (origin is CaseOrigin.WAVE or scope is Scope.CLUSTER)


def strikes(case: CaseRow, request: DecisionRequest) -> bool:
    """Whether a decision counts against an account of this server. Being in need of care never does."""
    return case.local and request.action not in HARMLESS and case.origin is not CaseOrigin.CARE


def _along(further: Further, now: datetime) -> Along:
    """What was done to somebody's account along with a decision, as JSON."""
    return {"action": further.action.value, "ends_at": _iso(now + further.expires_in if further.expires_in else None)}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _statement(
    case: CaseRow, decision: DecisionRow, author: str, about: str, reverses: int | None, also: Sequence[Along]
) -> dict[str, Any]:
    return {
        "author_uri": author,
        "subject_uri": about,
        "action": decision.action.value,
        "also": list(also),
        "scope": decision.scope.value,
        "rule_id": decision.rule_id,
        "reason": decision.reason,
        "author_note": decision.author_note,
        "automated": case.origin in MACHINE,
        "ends_at": _iso(decision.ends_at),
        "reverses": reverses,
    }


def _to_reporter(row: ReportRow, decision: DecisionRow) -> Effect:
    params = {"report_id": row.id, "outcome": row.outcome.value, "action": decision.action.value, "reason": row.answer}
    return Effect(Verb.NOTIFY_REPORTER, row.reporter_uri or "", decision.id, None, params)
