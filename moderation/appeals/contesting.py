"""Who may contest which decision, until when; and filing an appeal, which opens a case for somebody else."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from moderation import turns
from moderation.appeals.reading import appeal_of, find_of
from moderation.appeals.tables import AppealRow, Party
from moderation.appeals.values import Appeal
from moderation.cases import exclusions, opening, priority
from moderation.cases.in_force import ORIGINAL
from moderation.cases.plans import HARMLESS
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionCaseRow, DecisionRow
from moderation.errors import AppealRefusedError, NotFoundError
from moderation.evidence.snapshots import clean
from moderation.recording import verdicts
from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.values import CaseOrigin, SubjectKind

WITHIN: Final = timedelta(days=183)
"""Six months from the decision."""
TEXT_LONGEST: Final = 4000
A_DAY: Final = timedelta(days=1)
POLICY: Final = "policy"
"""Who reverses decisions whose term is over: what they did can be contested still."""
SEVERITY: Final = 5.0
DECIDED_FIRST: Final = "decided_first"


def deadline(decision: DecisionRow, report: ReportRow | None = None) -> datetime:
    """Until when a decision can be contested; by a reporter, from when their report was answered by it."""
    answered = report.settled_at if report is not None else None
    return max(decision.made_at, answered or decision.made_at) + WITHIN


def subjects_of(decision: DecisionRow, author: str) -> list[str]:
    """What of an author's a decision is about; nothing where it isn't about them."""
    reached = [each["uri"] for each in decision.effects if each.get("author") == author and each.get("verdict")]
    if reached:
        return list(dict.fromkeys(reached))
    touched = any(each.get("author") == author for each in decision.effects)
    return [decision.uri if decision.author_uri == author else author] if touched or _is_of(decision, author) else []


def authors_of(decision: DecisionRow) -> set[str]:
    """Everybody whom a decision reached."""
    return {decision.author_uri, *(each["author"] for each in decision.effects if each.get("author"))}


def refusal(
    session: Session, decision: DecisionRow, by: Party, uri: str, now: datetime, report_id: int | None = None
) -> str | None:
    """Why somebody can't contest a decision, as a code: `too_late`, `taken_back`, `already`; None where they can.

    Raises NotFoundError where it isn't theirs to contest.
    """
    report = _report(session, decision, uri, report_id) if by is Party.REPORTER else None
    theirs = report is not None if by is Party.REPORTER else _is_against(decision, uri)
    if decision.reverses_id is not None or not theirs:
        raise NotFoundError("there is no such decision")
    if find_of(session, decision.id, uri) is not None:
        return "already"
    if now > deadline(decision, report):
        return "too_late"
    taken_back = select(DecisionRow.id).where(DecisionRow.reverses_id == decision.id, DecisionRow.made_by != POLICY)
    return "taken_back" if session.scalar(taken_back) is not None else None


def decision_on(session: Session, report: ReportRow) -> DecisionRow | None:
    """The decision that answered a report, where it left things as they are; None while, or where, there is none."""
    if report.outcome not in (ReportOutcome.DECLINED, ReportOutcome.ALREADY_REVIEWED):
        return None
    settled = select(DecisionCaseRow.decision_id).where(DecisionCaseRow.case_id == report.case_id)
    statement = (
        select(DecisionRow)
        .where(or_(DecisionRow.case_id == report.case_id, DecisionRow.id.in_(settled)))
        .where(ORIGINAL, DecisionRow.action.in_(HARMLESS))
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def contest(
    session: Session,
    decision_id: int,
    by: Party,
    uri: str,
    text: str,
    now: datetime,
    *,
    crew: Collection[str],
    kept_out: Mapping[str, str],
    outside: bool = False,
    report_id: int | None = None,
) -> Appeal:
    """File an appeal and open its case, hidden from who decided first.

    `crew` are those who may decide it, by name; `kept_out` names others who may not, each with why, such as the author.
    Where nobody of the crew is left it goes to the house's reader `outside`, or waits a day and is shown afresh to who
    decided. Raises NotFoundError, AppealRefusedError with a code.
    """
    turns.take(session)
    text = clean(text.strip(), TEXT_LONGEST + 1)
    decision = session.get(DecisionRow, decision_id)
    if decision is None:
        raise NotFoundError("there is no such decision")
    why_not = refusal(session, decision, by, uri, now, report_id) or _bad(text)
    if why_not is not None:
        raise AppealRefusedError(why_not)
    case_id = _open(session, decision, by, uri, now)
    row = AppealRow(
        decision_id=decision.id,
        by=by,
        uri=uri,
        report_id=report_id,
        text=text,
        filed_at=now,
        deadline=deadline(decision, session.get(ReportRow, report_id) if report_id is not None else None),
        case_id=case_id,
    )
    session.add(row)
    _keep_out(session, row, decision, crew, kept_out, outside=outside)
    session.flush()
    return appeal_of(row)


def _is_of(decision: DecisionRow, author: str) -> bool:
    return decision.author_uri == author


def _is_against(decision: DecisionRow, author: str) -> bool:
    return decision.action not in HARMLESS and bool(subjects_of(decision, author))


def _report(session: Session, decision: DecisionRow, uri: str, report_id: int | None) -> ReportRow | None:
    """The reporter's report that a decision left without effect, the newest. One without a reporter's name, a legal
    notice, is contested by its number: who asks has proved already that it is theirs."""
    if decision.action not in HARMLESS:
        return None
    of_theirs = ReportRow.reporter_uri == uri
    if report_id is not None:
        of_theirs = (ReportRow.id == report_id) & or_(of_theirs, ReportRow.reporter_uri.is_(None))
    statement = (
        select(ReportRow)
        .where(of_theirs, ReportRow.case_id.in_(_settled(decision)))
        .where(ReportRow.outcome.in_((ReportOutcome.DECLINED, ReportOutcome.ALREADY_REVIEWED)))
    )
    return session.scalars(statement.order_by(ReportRow.id.desc()).limit(1)).first()


def _settled(decision: DecisionRow) -> Select[int]:
    return select(DecisionCaseRow.case_id).where(DecisionCaseRow.decision_id == decision.id)


def _bad(text: str) -> str | None:
    if not text:
        return "empty"
    return "too_long" if len(text) > TEXT_LONGEST else None


def _open(session: Session, decision: DecisionRow, by: Party, uri: str, now: datetime) -> int:
    first = session.get(CaseRow, decision.case_id) if decision.case_id is not None else None
    about = subjects_of(decision, uri) if by is Party.AUTHOR else [decision.uri]
    author = uri if by is Party.AUTHOR else decision.author_uri
    latest = verdicts.latest_ids(session, about)
    kinds = _kinds(session, decision)
    local = by is Party.AUTHOR or (first is not None and first.local)
    rank = priority.rank(CaseOrigin.APPEAL, now, severity=SEVERITY, local=local)
    case = opening.Opening(
        about[0],
        kinds.get(about[0], SubjectKind.ACCOUNT if about[0] == author else SubjectKind.POST),
        CaseOrigin.APPEAL,
        author,
        decision.domain if author == decision.author_uri else author.split("/")[2],
        local,
        rank,
        first.label if first else None,
        first.language if first else None,
        (f"appeal_by_{by.value}",),
        verdict_id=latest.get(about[0]),
        has_pictures=first is not None and first.has_pictures,
    )
    case_id = opening.open_many(session, [case], now)[0]
    members = [
        {"uri": each, "author_uri": author, "kind": kinds.get(each, SubjectKind.POST), "verdict_id": latest.get(each)}
        for each in about
    ]
    opening.join_many(session, case_id, members, now)
    return case_id


def _kinds(session: Session, decision: DecisionRow) -> dict[str, SubjectKind]:
    found = {each["uri"]: SubjectKind(each["kind"]) for each in decision.effects if each.get("kind")}
    rows = session.execute(
        select(CaseSubjectRow.uri, CaseSubjectRow.kind).where(CaseSubjectRow.case_id.in_(_settled(decision)))
    )
    return {uri: kind for uri, kind in rows} | found


def _keep_out(
    session: Session,
    appeal: AppealRow,
    decision: DecisionRow,
    crew: Collection[str],
    kept_out: Mapping[str, str],
    *,
    outside: bool,
) -> None:
    """Who decided, who was kept out of the first case, and whom the app names."""
    before = exclusions.of(session, decision.case_id) if decision.case_id is not None else {}
    never = {name: row.why for name, row in before.items()} | dict(kept_out)
    for name, why in never.items():
        exclusions.exclude(session, appeal.case_id, name, why)
    if decision.made_by in never:
        return
    others = [name for name in crew if name != decision.made_by and name not in never]
    until = None
    if not others and outside:
        appeal.outside_at = appeal.filed_at
    elif not others and decision.made_by in crew:
        until = appeal.afresh_at = appeal.filed_at + A_DAY
    exclusions.exclude(session, appeal.case_id, decision.made_by, DECIDED_FIRST, until)
