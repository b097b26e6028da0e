"""What moderation itself keeps of a subject or a server, one source for each kind of rows."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Select, select

from moderation.appeals.tables import AppealRow
from moderation.cases.tables import CaseEventRow, CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.cases.values import Event
from moderation.domains.tables import DomainEventRow
from moderation.evidence.tables import EvidenceChangeRow, SnapshotRow
from moderation.holds.tables import HoldRow, HoldState
from moderation.log.tables import LogRow
from moderation.reports.tables import ReportForwardRow, ReportOrigin, ReportOutcome, ReportRow
from moderation.statements.tables import StatementRow
from moderation.timeline.among import among
from moderation.timeline.values import About, Kind, Source
from moderation.verdicts.tables import VerdictRow

CASES_OF: Final = "cases_of"
_ELSEWHERE: Final = ("decided", "reversed")
"""Events of a case that decisions tell of."""


def _cases(about: About) -> Select[Any]:
    """The cases that a subject is in: a union, each part of which has an index."""
    return select(CaseSubjectRow.case_id).where(CaseSubjectRow.uri == about.uri)


def _decided(about: About) -> Any:
    """The decisions about a subject. A union: with "or", databases read every decision there is."""
    by_case = (
        select(DecisionCaseRow.decision_id)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == DecisionCaseRow.case_id)
        .where(CaseSubjectRow.uri == about.uri)
    )
    return by_case.union(
        select(DecisionRow.id).where(DecisionRow.uri == about.uri),
        select(DecisionRow.id).where(DecisionRow.author_uri == about.uri),
        select(DecisionRow.id).where(DecisionRow.reverses_id.in_(by_case)),
    )


def _verdicts(about: About) -> Select[Any] | None:
    return select(VerdictRow).where(VerdictRow.uri == about.uri) if about.uri else None


def _verdict(_about: About, found: Any) -> Event:
    row: VerdictRow = found[0]
    details = {
        "verdict": row.id,
        "outcome": row.outcome.value,
        "label": row.label,
        "reasons": row.reasons,
        "policy": row.policy_version,
        "models": row.models,
    }
    return Event(row.made_at, "verdict", "person" if row.by_person else None, details)


def _snapshots(about: About) -> Select[Any] | None:
    return select(SnapshotRow).where(SnapshotRow.uri == about.uri) if about.uri else None


def _snapshot(_about: About, found: Any) -> Event:
    row: SnapshotRow = found[0]
    return Event(row.taken_at, "snapshot", None, {"seq": row.seq, "cause": row.cause.value, "id": row.id})


def _changes(about: About) -> Select[Any] | None:
    return select(EvidenceChangeRow).where(EvidenceChangeRow.uri == about.uri) if about.uri else None


def _change(_about: About, found: Any) -> Event:
    row: EvidenceChangeRow = found[0]
    return Event(row.at, f"became_{row.what.value}", row.who, {"by": row.by.value})


def _reports(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    these = select(ReportRow.id).where(ReportRow.case_id.in_(_cases(about)))
    return select(ReportRow).where(
        among(ReportRow.id, these.union(select(ReportRow.id).where(ReportRow.target_uri == about.uri)))
    )


def _answered(about: About) -> Select[Any] | None:
    found = _reports(about)
    return found.where(ReportRow.settled_at.is_not(None)) if found is not None else None


def _flagged(about: About) -> Select[Any] | None:
    """Reports that a server sent."""
    if not about.domain:
        return None
    return select(ReportRow).where(ReportRow.reporter_domain == about.domain, ReportRow.origin == ReportOrigin.REMOTE)


def _flag(_about: About, found: Any) -> Event:
    row: ReportRow = found[0]
    details = {"report": row.id, "case": row.case_id, "outcome": row.outcome.value}
    return Event(row.filed_at, "flagged", None, details)


def _passed_on(about: About) -> Any:
    """Reports that were passed on: to a server, or about a subject."""
    found = select(ReportForwardRow, ReportRow.case_id).join(ReportRow, ReportRow.id == ReportForwardRow.report_id)
    if about.domain:
        return found.where(ReportForwardRow.domain == about.domain)
    of_target = select(ReportRow.id).where(ReportRow.target_uri == about.uri)
    these = select(ReportRow.id).where(ReportRow.case_id.in_(_cases(about))).union(of_target)
    return found.where(among(ReportForwardRow.report_id, these))


def _passing_on(about: About, found: Any) -> Event | None:
    row: ReportForwardRow = found[0]
    if about.uri and about.uri not in row.about:
        return None  # another subject of the same case
    details = {"report": row.report_id, "case": found[1], "to": row.domain, "state": row.state.value}
    return Event(row.sent_at, "passed_on", None, details)


def _settled_there(about: About) -> Any:
    found = _passed_on(about)
    return found.where(ReportForwardRow.answered_at.is_not(None)) if found is not None else None


def _settling_there(about: About, found: Any) -> Event | None:
    row: ReportForwardRow = found[0]
    if row.answered_at is None or (about.uri and about.uri not in row.about):
        return None
    return Event(row.answered_at, "settled_there", None, {"report": row.report_id, "case": found[1], "to": row.domain})


def _report(about: About, found: Any) -> Event | None:
    row: ReportRow = found[0]
    if about.uri not in (row.target_uri, *row.subject_uris):
        return None  # another subject of the same case
    details = {"report": row.id, "case": row.case_id, "category": row.category, "outcome": row.outcome.value}
    return Event(row.filed_at, "reported", row.reporter_uri or row.reporter_domain, details)


def _answer(about: About, found: Any) -> Event | None:
    row: ReportRow = found[0]
    if about.uri not in (row.target_uri, *row.subject_uris) or row.settled_at is None:
        return None
    upheld = row.outcome is ReportOutcome.UPHELD
    details = {"report": row.id, "case": row.case_id, "outcome": row.outcome.value, "upheld": upheld}
    return Event(row.settled_at, "report_answered", None, details)


def _case_events(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    return select(CaseEventRow).where(CaseEventRow.case_id.in_(_cases(about)), CaseEventRow.what.not_in(_ELSEWHERE))


def _case_event(_about: About, found: Any) -> Event:
    row: CaseEventRow = found[0]
    return Event(row.at, f"case_{row.what}", row.by, {"case": row.case_id, **row.details})


def _cases_of(about: About) -> Select[Any] | None:
    """Of a server's people, or of an author: cases about something of theirs, that they opened and no more."""
    if about.domain:
        return select(CaseRow).where(CaseRow.author_domain == about.domain)
    return select(CaseRow).where(CaseRow.author_uri == about.uri, CaseRow.uri != about.uri)


def _case_of(_about: About, found: Any) -> Event:
    row: CaseRow = found[0]
    return Event(row.opened_at, "case_opened", None, {"case": row.id, "label": row.label})


def _decisions(about: About) -> Select[Any] | None:
    if about.domain:
        return select(DecisionRow).where(DecisionRow.domain == about.domain)
    return select(DecisionRow).where(among(DecisionRow.id, _decided(about)))


def _decision(_about: About, found: Any) -> Event:
    row: DecisionRow = found[0]
    details = {
        "decision": row.id,
        "case": row.case_id,
        "action": row.action.value,
        "scope": row.scope.value,
        "rule": row.rule_id,
        "reason": row.reason,
        "note": row.note,
        "author_note": row.author_note,
        "strike": row.strike,
        "reverses": row.reverses_id,
    }
    return Event(row.made_at, "reversed" if row.reverses_id else "decided", row.made_by, details)


def _holds(about: About) -> Select[Any] | None:
    return select(HoldRow).where(HoldRow.uri == about.uri) if about.uri else None


def _hold(_about: About, found: Any) -> Event:
    row: HoldRow = found[0]
    due = row.due_at.isoformat() if row.due_at else None
    return Event(row.held_at, "held", None, {"due_at": due, "case": row.case_id})


def _holds_over(about: About) -> Select[Any] | None:
    found = _holds(about)
    if found is None:
        return None
    return found.where(HoldRow.settled_at.is_not(None), HoldRow.state.in_((HoldState.ENDED, HoldState.DELETED)))


def _hold_over(_about: About, found: Any) -> Event | None:
    row: HoldRow = found[0]
    if row.settled_at is None:
        return None
    return Event(row.settled_at, f"hold_{row.state.value}", None, {"case": row.case_id})


def _appeals(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    these = select(AppealRow.id).where(among(AppealRow.decision_id, _decided(about)))
    own = select(AppealRow.id).where(AppealRow.uri == about.uri)
    return select(AppealRow).where(among(AppealRow.id, these.union(own)))


def _appeals_closed(about: About) -> Select[Any] | None:
    found = _appeals(about)
    return found.where(AppealRow.closed_at.is_not(None)) if found is not None else None


def _appeal(_about: About, found: Any) -> Event:
    row: AppealRow = found[0]
    details = {"appeal": row.id, "case": row.case_id, "decision": row.decision_id, "party": row.by.value}
    return Event(row.filed_at, "appealed", None, details)


def _appeal_closed(_about: About, found: Any) -> Event | None:
    row: AppealRow = found[0]
    if row.closed_at is None:
        return None
    outcome = row.outcome.value if row.outcome else None
    details = {"appeal": row.id, "case": row.case_id, "decision": row.decision_id, "outcome": outcome}
    return Event(row.closed_at, "appeal_closed", row.closed_by, details)


def _statements(about: About) -> Select[Any] | None:
    if not about.uri:
        return None
    these = select(StatementRow.id).where(among(StatementRow.decision_id, _decided(about)))
    holds = select(HoldRow.id).where(HoldRow.uri == about.uri)
    return select(StatementRow).where(
        among(
            StatementRow.id,
            these.union(
                select(StatementRow.id).where(StatementRow.recipient == about.uri),
                select(StatementRow.id).where(StatementRow.hold_id.in_(holds)),
            ),
        )
    )


def _statement(_about: About, found: Any) -> Event:
    row: StatementRow = found[0]
    details = {
        "statement": row.id,
        "decision": row.decision_id,
        "automated": row.automated_decision,
        "via": ", ".join(row.delivered_via),
        "exempt": row.exempt_reason,
    }
    return Event(row.made_at, "statement", None, details)


def _rules(about: About) -> Select[Any] | None:
    return select(DomainEventRow).where(DomainEventRow.domain == about.domain) if about.domain else None


def _rule(_about: About, found: Any) -> Event:
    row: DomainEventRow = found[0]
    after = row.after or {}
    details = {"severity": after.get("severity"), "comment": after.get("private_comment")}
    return Event(row.at, f"domain_{row.what}", row.by, details)


def _log(about: About) -> Select[Any] | None:
    return select(LogRow).where(LogRow.object == about.uri) if about.uri else None


def _logged(_about: About, found: Any) -> Event | None:
    row: LogRow = found[0]
    if row.verb in ("decided", "reversed"):
        return None  # the decisions themselves tell of it
    return Event(row.at, "staff", row.actor, {"verb": row.verb, "log": row.seq})


SOURCES: Final = (
    Source("verdicts", Kind.DOOR, VerdictRow.made_at, VerdictRow.id, _verdicts, _verdict),
    Source("snapshots", Kind.DOOR, SnapshotRow.taken_at, SnapshotRow.id, _snapshots, _snapshot),
    Source("became", Kind.CHANGES, EvidenceChangeRow.at, EvidenceChangeRow.id, _changes, _change),
    Source("reports", Kind.REPORTS, ReportRow.filed_at, ReportRow.id, _reports, _report),
    Source("reports_answered", Kind.REPORTS, ReportRow.settled_at, ReportRow.id, _answered, _answer),
    Source("flagged", Kind.REPORTS, ReportRow.filed_at, ReportRow.id, _flagged, _flag),
    Source("passed_on", Kind.REPORTS, ReportForwardRow.sent_at, ReportForwardRow.id, _passed_on, _passing_on),
    Source(
        "settled_there",
        Kind.REPORTS,
        ReportForwardRow.answered_at,
        ReportForwardRow.id,
        _settled_there,
        _settling_there,
    ),
    Source("case_events", Kind.CASES, CaseEventRow.at, CaseEventRow.id, _case_events, _case_event),
    Source(CASES_OF, Kind.CASES, CaseRow.opened_at, CaseRow.id, _cases_of, _case_of),
    Source("decisions", Kind.DECISIONS, DecisionRow.made_at, DecisionRow.id, _decisions, _decision),
    Source("holds", Kind.DOOR, HoldRow.held_at, HoldRow.id, _holds, _hold),
    Source("holds_over", Kind.DOOR, HoldRow.settled_at, HoldRow.id, _holds_over, _hold_over),
    Source("appeals", Kind.APPEALS, AppealRow.filed_at, AppealRow.id, _appeals, _appeal),
    Source("appeals_closed", Kind.APPEALS, AppealRow.closed_at, AppealRow.id, _appeals_closed, _appeal_closed),
    Source("statements", Kind.STATEMENTS, StatementRow.made_at, StatementRow.id, _statements, _statement),
    Source("rules", Kind.DECISIONS, DomainEventRow.at, DomainEventRow.id, _rules, _rule),
    Source("log", Kind.STAFF, LogRow.at, LogRow.seq, _log, _logged),
)
