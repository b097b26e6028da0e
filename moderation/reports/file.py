"""Filing a report: its evidence is kept, it joins the open case of its subject, and it outranks machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from moderation.authors import severities
from moderation.cases import due, exclusions, opening, priority
from moderation.cases.in_force import ORIGINAL, WHOLE
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.domains.rules import rule_for
from moderation.errors import ReportRefusedError
from moderation.evidence import snapshots
from moderation.evidence.tables import SnapshotCause
from moderation.policy import store
from moderation.policy.values import Policy
from moderation.recording import verdicts
from moderation.reports import standing
from moderation.reports.tables import ReportOrigin, ReportOutcome, ReportRow
from moderation.values import CaseOrigin, CaseState, Submission
from moderation.verdicts.tables import VerdictRow
from moderation.workforce import exposure

SUBJECTS: Final = 50
COMMENT: Final = 10_000
REVIEWED_FOR: Final = timedelta(days=30)
OTHER: Final = 4.0
"""How grave what was reported as something without a name is, of 10."""
UNNAMED: Final = ("violation", "other")
"""Categories that say nothing of what it is."""
OWN_NAME: Final = ("legal", "spam")
"""Categories that are called so whatever rule comes with them."""


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """A complaint. `submissions` are what it is about, as it was seen; the first is the case's subject.

    `reporter_uri` is None for a visitor. A post that isn't public may only be handed in by a party to it. Moderators in
    `kept_out` are those whom it is about: they have nothing to do with its case.
    """

    reporter_uri: str | None
    reporter_domain: str
    origin: ReportOrigin
    target_uri: str
    submissions: tuple[Submission, ...]
    category: str = "other"
    rule_ids: tuple[str, ...] = ()
    rule_labels: tuple[tuple[str, ...], ...] = ()
    """What each of these rules is about."""
    comment: str = ""
    forward: bool = False
    kept_out: tuple[str, ...] = ()


def file(session: Session, draft: ReportDraft, now: datetime) -> ReportRow:
    """File a report; the row knows its id, its case and, where it was looked at before, its outcome.

    A second report of the same reporter on the same open case is the first one, with what is new added to it. Raises
    ReportRefusedError where none are taken from the reporter's domain, or where there is nothing to look at.
    """
    _require(session, draft)
    submissions = draft.submissions[:SUBJECTS]
    settled = _all_reviewed(session, submissions, draft, now)
    snapshots.take(session, submissions, SnapshotCause.REPORT, now)
    if settled is not None:
        return _add(session, draft, settled, ReportOutcome.ALREADY_REVIEWED, now)
    case_id = _case(session, draft, submissions, now)
    for name in draft.kept_out:
        exclusions.exclude(session, case_id, name, exclusions.ABOUT_THEM)
    mine = _mine(session, draft, case_id)
    if mine is not None:
        return _again(session, mine, draft)
    report = _add(session, draft, case_id, ReportOutcome.WAITING, now)
    _rank(session, session.get_one(CaseRow, case_id, populate_existing=True), draft, submissions, now)
    return report


def _require(session: Session, draft: ReportDraft) -> None:
    if not draft.submissions:
        raise ReportRefusedError("a report needs something to look at")
    if any(each.author.uri != draft.target_uri for each in draft.submissions):
        raise ReportRefusedError("what is reported isn't by whom it is about")
    if draft.origin is ReportOrigin.REMOTE:
        rule = rule_for(session, draft.reporter_domain)
        if rule is not None and rule.reject_reports:
            raise ReportRefusedError("reports from this domain are not taken")


def _all_reviewed(session: Session, submissions: Sequence[Submission], draft: ReportDraft, now: datetime) -> int | None:
    """The case of the first subject, where each of them was left as it is: one that nobody looked at is looked at."""
    found = [_reviewed(session, each, draft, now) for each in submissions]
    return found[0] if None not in found else None


def _reviewed(session: Session, submission: Submission, draft: ReportDraft, now: datetime) -> int | None:
    """The case in which a person left exactly this as it is, not long ago and for nothing graver."""
    if submission.uri in opening.open_cases(session, [submission.uri]):
        return None
    statement = (
        select(CaseRow, DecisionRow)
        .join(CaseSubjectRow, CaseSubjectRow.case_id == CaseRow.id)
        .join(DecisionRow, DecisionRow.case_id == CaseRow.id)
        .where(CaseSubjectRow.uri == submission.uri, CaseRow.state == CaseState.DECIDED)
        .where(CaseRow.origin != CaseOrigin.APPEAL)
        .where(or_(CaseRow.decided_at > now - REVIEWED_FOR, DecisionRow.ignores_reports))
        .where(ORIGINAL, WHOLE)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    found = session.execute(statement).first()
    newest = snapshots.latest(session, [submission.uri]).get(submission.uri)
    if found is None or newest is None or newest.digest != snapshots.digest_of(submission):
        return None
    case, decision = found
    graver = _severity_of(draft.category) > case.rank_parts.get("reported", OTHER)
    after = case.decided_at is not None and newest.taken_at <= case.decided_at
    return case.id if after and not graver and decision.action.value in ("approve", "no_action") else None


def _case(session: Session, draft: ReportDraft, submissions: Sequence[Submission], now: datetime) -> int:
    """The open case about any of the subjects, or a new one; all of them are its members then."""
    known = opening.open_cases(session, [each.uri for each in submissions])
    first = submissions[0]
    case_id = known.get(first.uri) or next(iter(known.values()), None)
    if case_id is None:
        latest = verdicts.latest_ids(session, [first.uri])
        verdict_id = latest.get(first.uri)
        rank = priority.rank(CaseOrigin.REPORT, now, severity=_severity_of(draft.category))
        case = opening.opening_of(
            first,
            CaseOrigin.REPORT,
            rank,
            label=_label(session, draft, verdict_id),
            reasons=["reported"],
            verdict_id=verdict_id,
        )
        case_id = opening.open_many(session, [case], now)[0]
    join(session, case_id, submissions, now, known=known)
    return case_id


def _label(session: Session, draft: ReportDraft, verdict_id: int | None) -> str:
    """What the case is called before it is shown: what the door took the post for if that is grave, so that nobody is
    given it who doesn't read such posts, or had enough of them today; else what the report says. A rule that it names
    says more than its category does, unless what the door says, or the law, is graver.
    """
    verdict = session.get(VerdictRow, verdict_id) if verdict_id is not None else None
    policy = store.current(session)
    said = _label_of_rules(draft, policy)
    if verdict is not None and verdict.label in exposure.heavy_labels(session):
        graver = said is not None and severities.of(policy, said) > severities.of(policy, verdict.label)
        return said if said is not None and graver else verdict.label
    return said if said is not None and draft.category not in OWN_NAME else draft.category


def _label_of_rules(draft: ReportDraft, policy: Policy) -> str | None:
    """What the rules of a report say that it is, the gravest of it; None where they don't say, or it names none.

    What always is grave by the policy counts wherever a rule names it: too few should read it rather than too many.
    Else only a rule about one thing says which it is.
    """
    named = {each for about in draft.rule_labels for each in about}
    found = named & policy.grave.labels or {about[0] for about in draft.rule_labels if len(about) == 1}
    return max(sorted(found), key=lambda each: severities.of(policy, each), default=None)


def _called(session: Session, case: CaseRow, draft: ReportDraft) -> str | None:
    """What a case is called once another report is there: a rule names what had no name of its own."""
    if case.origin is not CaseOrigin.REPORT or case.label not in UNNAMED:
        return case.label
    return _label_of_rules(draft, store.current(session)) or case.label


def join(
    session: Session, case_id: int, submissions: Sequence[Submission], now: datetime, *, known: Mapping[str, int]
) -> None:
    """Make subjects members of a case, but for those that another open one (`known`) is about already."""
    latest = verdicts.latest_ids(session, [each.uri for each in submissions])
    members = [
        {"uri": each.uri, "author_uri": each.author.uri, "kind": each.kind, "verdict_id": latest.get(each.uri)}
        for each in submissions
        if known.get(each.uri, case_id) == case_id
    ]
    opening.join_many(session, case_id, members, now)


def _mine(session: Session, draft: ReportDraft, case_id: int) -> ReportRow | None:
    if draft.reporter_uri is None:
        return None
    statement = select(ReportRow).where(
        ReportRow.case_id == case_id,
        ReportRow.reporter_uri == draft.reporter_uri,
        ReportRow.outcome == ReportOutcome.WAITING,
    )
    return session.scalars(statement.limit(1)).first()


def _again(session: Session, mine: ReportRow, draft: ReportDraft) -> ReportRow:
    comment = _comment(draft)
    if comment and comment not in mine.comment:
        mine.comment = f"{mine.comment}\n{comment}".strip()[:COMMENT]
    mine.subject_uris = list(dict.fromkeys([*mine.subject_uris, *_uris(draft)]))[:SUBJECTS]
    mine.rule_ids = list(dict.fromkeys([*mine.rule_ids, *draft.rule_ids]))[:SUBJECTS]
    mine.forward = mine.forward or draft.forward
    session.flush()
    return mine


def _add(session: Session, draft: ReportDraft, case_id: int, outcome: ReportOutcome, now: datetime) -> ReportRow:
    row = ReportRow(
        case_id=case_id,
        reporter_uri=draft.reporter_uri,
        reporter_domain=draft.reporter_domain[:255],
        origin=draft.origin,
        target_uri=draft.target_uri,
        subject_uris=_uris(draft),
        category=snapshots.clean(draft.category, 64),
        rule_ids=[snapshots.clean(each, 64) for each in draft.rule_ids[:SUBJECTS]],
        comment=_comment(draft),
        forward=draft.forward,
        outcome=outcome,
        filed_at=now,
        settled_at=None if outcome is ReportOutcome.WAITING else now,
    )
    session.add(row)
    session.flush()
    return row


def _rank(
    session: Session, case: CaseRow, draft: ReportDraft, submissions: Sequence[Submission], now: datetime
) -> None:
    """A reported case goes before what machines found, by how grave, how many and how often they were right."""
    reports = list(session.scalars(select(ReportRow).where(ReportRow.case_id == case.id)))
    severity = max(_severity_of(each.category) for each in reports)
    called = _called(session, case, draft)
    named = 1.0 if called in (None, *UNNAMED) else severities.of(store.current(session), called)
    rank = priority.rank(
        CaseOrigin.REPORT,
        case.opened_at,
        severity=max(severity, named),
        reach=max(each.seen_by + each.author.followers_here for each in submissions),
        local=case.local,
        voices=priority.voices(standing.voices(session, reports)),
        overdue=case.rank_parts.get("overdue", 0.0),
    )
    parts = rank.parts | {"reported": severity}
    opening.touch(
        session,
        case.id,
        "reported",
        None,
        now,
        label=called,
        reports=len(reports),
        rank=rank.value,
        rank_parts=parts,
        due_at=due.sooner(case.due_at, _due(draft, now)),
    )


def _due(draft: ReportDraft, now: datetime) -> datetime:
    """A visitor's report is a legal notice."""
    return now + (due.NOTICE if draft.origin is ReportOrigin.VISITOR else due.TERMS[CaseOrigin.REPORT])


def _severity_of(category: str) -> float:
    return severities.REPORTED.get(category, OTHER)


def _uris(draft: ReportDraft) -> list[str]:
    return list(dict.fromkeys(each.uri for each in draft.submissions[:SUBJECTS]))


def _comment(draft: ReportDraft) -> str:
    return snapshots.clean(draft.comment.strip(), COMMENT)
