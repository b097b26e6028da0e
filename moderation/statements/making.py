"""What a statement of reasons says, derived from the decision or the hold alone: nobody types anything for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.cases import parts, telling
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.telling import MACHINE
from moderation.evidence import snapshots
from moderation.evidence.snapshots import Snapshot
from moderation.holds.tables import HoldRow
from moderation.policy.tables import PolicyRow
from moderation.recording import verdicts
from moderation.reports.tables import ReportOrigin, ReportRow
from moderation.statements.tables import StatementRow
from moderation.values import Action, RecordedVerdict, Scope, SubjectKind
from moderation.verdicts.tables import VerdictRow

HOLD: Final = "hold"
POLICY: Final = "policy"
"""Under which name the policy decides by itself."""
EXEMPT_SPAM: Final = "high_volume_commercial"
"""DSA article 17(2): deceptive high-volume commercial content."""
VISIBILITY: Final[Mapping[str, tuple[str, ...]]] = {
    Action.LABEL: ("CONTENT_LABELLED",),
    Action.LIMIT: ("CONTENT_DEMOTED",),
    Action.SILENCE: ("CONTENT_DEMOTED",),
    Action.REMOVE: ("CONTENT_REMOVED",),
    Action.SPAM: ("CONTENT_REMOVED",),
    Action.FREEZE: ("CONTENT_DISABLED",),
    HOLD: ("CONTENT_DISABLED",),
}
ACCOUNT: Final[Mapping[str, str]] = {Action.SUSPEND: "SUSPENDED", Action.DISABLE: "SUSPENDED"}
PROVISION: Final[Mapping[str, str]] = {
    Action.FREEZE: "PARTIAL_SUSPENSION",
    Action.DISABLE: "TOTAL_SUSPENSION",
    Action.SUSPEND: "TOTAL_SUSPENSION",
}
CATEGORIES: Final[Mapping[str, str]] = {
    "hate": "ILLEGAL_OR_HARMFUL_SPEECH",
    "toxic": "ILLEGAL_OR_HARMFUL_SPEECH",
    "harassment": "CYBER_VIOLENCE",
    "violence": "VIOLENCE",
    "self_harm": "SELF_HARM",
    "spam": "SCAMS_AND_FRAUD",
}
"""From our labels, and reports' categories, to the database's; every other is OTHER_VIOLATION_TC."""
NO_CATEGORY: Final = "OTHER_VIOLATION_TC"


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement's fields, in the words of the DSA's transparency database where it has them."""

    decision_id: int | None
    hold_id: int | None
    recipient: str
    uri: str
    action: str
    visibility: tuple[str, ...]
    account: str | None
    provision: str | None
    ground: str
    rule_id: str | None
    policy_version: int | None
    category: str
    label: str | None
    reason: str
    source: str
    reports: int
    automated_detection: bool
    automated_decision: str
    content_types: tuple[str, ...]
    content_language: str | None
    content_at: datetime | None
    applied_at: datetime
    ends_at: datetime | None
    exempt_reason: str | None
    also: tuple[Mapping[str, Any], ...] = ()
    of_edit: bool = False
    """It is about a new version alone: what was shown before stays."""
    unread: bool = False
    """It waited for a person, and its time was over before one came."""
    author_note: str = ""
    mend_by: datetime | None = None
    warning: str | None = None
    """What was put before it, as `moderation.warnings` writes it."""


def of_decision(session: Session, decision: DecisionRow, recipient: str, uri: str) -> Stated:
    """What a decision means for one of those whom it reached. `uri` is what of theirs it is about."""
    case = session.get(CaseRow, decision.case_id) if decision.case_id is not None else None
    snapshot = snapshots.latest(session, [uri]).get(uri)
    machine = case is not None and case.origin in MACHINE
    reports = _reports(session, case.id) if case is not None else []
    label = case.label if case is not None else None
    action = decision.action.value
    whole = decision.scope is Scope.ACCOUNT and decision.action is Action.SPAM
    also = [each for each in reversed(parts.in_force(session, decision.id)) if each.scope is not Scope.DOMAIN]
    done = [action, *(each.action.value for each in also)]
    return Stated(
        decision_id=decision.id,
        hold_id=None,
        recipient=recipient,
        uri=uri,
        action=action,
        visibility=tuple(dict.fromkeys(word for each in done for word in VISIBILITY.get(each, ()))),
        account="SUSPENDED" if whole else _first(ACCOUNT, done),
        provision="TOTAL_SUSPENSION" if whole else _first(PROVISION, done),
        ground="INCOMPATIBLE_CONTENT",
        rule_id=decision.rule_id,
        policy_version=_version(session, decision.made_at),
        category=CATEGORIES.get("spam" if decision.action is Action.SPAM else label or "", NO_CATEGORY),
        label=label if machine else None,
        reason=decision.reason,
        source=_source(reports),
        reports=len(reports),
        automated_detection=machine,
        automated_decision="NOT",
        content_types=_types(snapshot),
        content_language=snapshot.language if snapshot else None,
        content_at=snapshot.published_at if snapshot else None,
        applied_at=decision.made_at,
        ends_at=decision.ends_at,
        exempt_reason=_exemption(decision, case),
        also=tuple(_along(each) for each in also),
        author_note=decision.author_note,
        mend_by=decision.mend_by,
        warning=_warning(session, decision, uri),
    )


def _warning(session: Session, decision: DecisionRow, uri: str) -> str | None:
    if decision.action is not Action.LABEL:
        return None
    these = select(VerdictRow.warning).where(VerdictRow.uri == uri, VerdictRow.decision_id == decision.id)
    return session.scalar(these.order_by(VerdictRow.id.desc()).limit(1))


def of_hold(session: Session, hold: HoldRow) -> Stated:
    """What a hold that lasts means for its author: a machine decided, a person is still to come."""
    snapshot = snapshots.latest(session, [hold.uri]).get(hold.uri)
    verdict = verdicts.latest(session, [hold.uri]).get(hold.uri)
    return Stated(
        decision_id=None,
        hold_id=hold.id,
        recipient=hold.author_uri,
        uri=hold.uri,
        action=HOLD,
        visibility=VISIBILITY[HOLD],
        account=None,
        provision=None,
        ground="INCOMPATIBLE_CONTENT",
        rule_id=None,
        policy_version=verdict.policy_version if verdict is not None else None,
        category=CATEGORIES.get(hold.label or "", NO_CATEGORY),
        label=hold.label,
        reason="",
        source="VOLUNTARY",
        reports=0,
        automated_detection=True,
        automated_decision="FULLY",
        content_types=_types(snapshot),
        content_language=snapshot.language if snapshot else None,
        content_at=snapshot.published_at if snapshot else None,
        applied_at=hold.held_at,
        ends_at=hold.due_at,
        exempt_reason=None,
        of_edit=hold.kind is SubjectKind.EDIT,
    )


def of_verdict(
    session: Session,
    verdict: RecordedVerdict,
    recipient: str,
    action: str,
    label: str | None,
    language: str | None,
    now: datetime,
    *,
    of_edit: bool = False,
    unread: bool = False,
    warned: bool = False,
) -> Stated:
    """What it means for its author that a machine let something in with restraint, or refused it; `unread`: because
    nobody came in time, `warned`: behind a warning, too."""
    row = session.get(VerdictRow, verdict.id)
    visibility = (*VISIBILITY[action], *(VISIBILITY[Action.LABEL] if warned else ()))
    return Stated(
        decision_id=None,
        hold_id=None,
        recipient=recipient,
        uri=verdict.uri,
        action=action,
        visibility=tuple(dict.fromkeys(visibility)),
        account=None,
        provision=None,
        ground="INCOMPATIBLE_CONTENT",
        rule_id=None,
        policy_version=row.policy_version if row is not None else None,
        category=CATEGORIES.get(label or "", NO_CATEGORY),
        label=label,
        reason="",
        source="VOLUNTARY",
        reports=0,
        automated_detection=True,
        automated_decision="FULLY",
        content_types=("TEXT",),
        content_language=language[:12] if language else None,
        content_at=now,
        applied_at=now,
        ends_at=None,
        exempt_reason=None,
        of_edit=of_edit,
        unread=unread,
    )


def as_decision(session: Session, row: StatementRow) -> DecisionRow:
    """A machine's restriction as a decision of the policy, so that it can be contested like a person's."""
    known = session.get(DecisionRow, row.decision_id) if row.decision_id is not None else None
    if known is not None:
        return known
    decision = DecisionRow(
        uri=row.uri,
        author_uri=row.recipient,
        domain=row.recipient.split("/")[2],
        action=Action(row.action),
        scope=Scope.SUBJECT,
        reason="",
        note="",
        made_by=POLICY,
        made_at=row.applied_at,
        strike=False,
        effects=[],
    )
    session.add(decision)
    session.flush()
    row.decision_id = decision.id
    return decision


def store(
    session: Session, stated: Stated, *, lang: str, rule: str, facts: str, via: Sequence[str], now: datetime
) -> StatementRow:
    """Write a statement down, as it was delivered `via` page, notification, mail; or that none was owed."""
    row = StatementRow(
        decision_id=stated.decision_id,
        hold_id=stated.hold_id,
        recipient=stated.recipient,
        lang=lang,
        uri=stated.uri,
        of_edit=stated.of_edit,
        action=stated.action,
        also=[dict(each) for each in stated.also],
        visibility=list(stated.visibility),
        account=stated.account,
        provision=stated.provision,
        ground=stated.ground,
        rule_id=stated.rule_id,
        rule=rule,
        policy_version=stated.policy_version,
        category=stated.category,
        facts=facts[:5000],
        reason=stated.reason,
        author_note=stated.author_note,
        warning=stated.warning,
        mend_by=stated.mend_by,
        source=stated.source,
        automated_detection=stated.automated_detection,
        automated_decision=stated.automated_decision,
        content_types=list(stated.content_types),
        content_language=stated.content_language,
        content_at=stated.content_at,
        applied_at=stated.applied_at,
        ends_at=stated.ends_at,
        delivered_via=list(via),
        delivered_at=now if via else None,
        exempt_reason=stated.exempt_reason,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def _first(words: Mapping[str, str], done: Sequence[str]) -> str | None:
    return next((words[each] for each in done if each in words), None)


def _along(part: DecisionRow) -> dict[str, Any]:
    return {"action": part.action.value, "ends_at": part.ends_at.isoformat() if part.ends_at else None}


def _exemption(decision: DecisionRow, case: CaseRow | None) -> str | None:
    exempt = telling.is_exempt(decision.action, decision.scope, case.origin if case is not None else None)
    return EXEMPT_SPAM if exempt else None


def _reports(session: Session, case_id: int) -> list[ReportRow]:
    return list(session.scalars(select(ReportRow).where(ReportRow.case_id == case_id).order_by(ReportRow.id)))


def _source(reports: Sequence[ReportRow]) -> str:
    """A notice under article 16 is one that a visitor gave by the form for it, or that says that a law is broken."""
    if any(each.origin is ReportOrigin.VISITOR or each.category == "legal" for each in reports):
        return "ARTICLE_16"
    return "OTHER_NOTIFICATION" if reports else "VOLUNTARY"


def _types(snapshot: Snapshot | None) -> tuple[str, ...]:
    media: Sequence[Mapping[str, Any]] = snapshot.context.get("media", ()) if snapshot is not None else ()
    kinds = {str(each.get("media_type", "")).partition("/")[0].upper() for each in media}
    found = [kind if kind in ("IMAGE", "VIDEO", "AUDIO") else "OTHER" for kind in sorted(kinds)]
    text = ["TEXT"] if snapshot is None or snapshot.text else []
    return tuple(dict.fromkeys([*text, *found]))


def _version(session: Session, at: datetime) -> int | None:
    return session.scalar(select(func.max(PolicyRow.version)).where(PolicyRow.published_at <= at))
