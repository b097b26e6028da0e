"""A decision as a row, and the rule about a server that one may set."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from moderation import turns
from moderation.cases import plans, telling
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.values import DecisionRequest
from moderation.domains import editing
from moderation.domains.names import for_rule
from moderation.domains.rules import rule_at
from moderation.domains.values import NO_FILTERS, RuleDraft, draft_of
from moderation.policy import store
from moderation.values import Action, Effect, Scope, Severity


def write(
    session: Session, case: CaseRow, request: DecisionRequest, by: str, now: datetime, part_of: int | None = None
) -> DecisionRow:
    """The event, before anything of it is carried out."""
    row = DecisionRow(
        case_id=case.id,
        uri=case.uri,
        author_uri=case.author_uri,
        domain=case.author_domain,
        action=request.action,
        scope=request.scope,
        rule_id=request.rule_id[:64] if request.rule_id else None,
        reason=request.reason,
        note=request.note,
        author_note=request.author_note if part_of is None else "",
        made_by=by,
        made_at=now,
        case_version=request.version,
        ends_at=now + request.expires_in if request.expires_in else None,
        mend_by=_mend_by(session, request, now),
        strike=part_of is None and telling.strikes(case, request),
        effects=[],
        part_of_id=part_of,
        ignores_reports=request.ignores_reports and part_of is None,
    )
    session.add(row)
    session.flush()
    return row


def _mend_by(session: Session, request: DecisionRequest, now: datetime) -> datetime | None:
    if request.action is not Action.FREEZE:
        return None
    return now + timedelta(hours=store.current(session).mending.hours)


def rule(
    session: Session, case: CaseRow, decision: DecisionRow, request: DecisionRequest, now: datetime
) -> tuple[list[Effect], list[dict[str, Any]]]:
    """The rule about its author's server, where that is the scope: effects, and what a reversal needs."""
    severity = plans.DOMAIN_SEVERITY.get(request.action) if request.scope is Scope.DOMAIN else None
    if severity is None:
        return [], []
    turns.take_rules(session)
    own = rule_at(session, case.author_domain)
    draft = replace(
        draft_of(own) if own is not None else RuleDraft(for_rule(case.author_domain), severity),
        severity=severity,
        private_comment=request.note[: editing.COMMENT_LONGEST],
        filters=NO_FILTERS if own is None or severity is Severity.SUSPEND else own.filters,
        evidence=(*(own.evidence if own is not None else ()), case.id)[-editing.MOST_EVIDENCE :],
        expires_at=None,
        review_at=None,
        source="",
    )
    done = editing.set_draft(session, draft, decision.made_by, now, decision.id)
    record = {"rule": case.author_domain, "before": editing.as_json(own) if own else None}
    return list(done.effects), [record]
