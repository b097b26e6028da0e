"""Setting and lifting domain rules; each is an event, and gives the effects that the app enacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.domains.names import canonical, for_rule
from moderation.domains.rules import rule_of
from moderation.domains.tables import DomainEventRow, DomainRuleRow
from moderation.domains.values import DomainRule, RuleDraft
from moderation.errors import BadDomainError, NotFoundError
from moderation.log import chain as log
from moderation.values import Effect, Severity, Verb

COMMENT_LONGEST = 2000


@dataclass(frozen=True, slots=True)
class DomainDecided:
    """What was done: the rule in force now (None after lifting), and what the app must do about the domain."""

    rule: DomainRule | None
    event_id: int
    effects: tuple[Effect, ...]


def set_rule(
    session: Session,
    domain: str,
    severity: Severity,
    by: str,
    now: datetime,
    *,
    reject_media: bool = False,
    reject_reports: bool = False,
    obfuscate: bool = False,
    public_comment: str = "",
    private_comment: str = "",
    own: str | None = None,
    decision_id: int | None = None,
) -> DomainDecided:
    """Set the rule for a domain and its subdomains. Raises BadDomainError; `own` is this server's domain."""
    draft = RuleDraft(
        for_rule(domain, own), severity, reject_media, reject_reports, obfuscate, public_comment, private_comment
    )
    return set_draft(session, draft, by, now, decision_id)


def set_draft(
    session: Session, draft: RuleDraft, by: str, now: datetime, decision_id: int | None = None
) -> DomainDecided:
    """Set the rule that a checked draft asks for."""
    if max(len(draft.public_comment), len(draft.private_comment)) > COMMENT_LONGEST:
        raise BadDomainError(f"a comment has at most {COMMENT_LONGEST} characters")
    row = session.get(DomainRuleRow, draft.domain)
    before = rule_of(row) if row is not None else None
    if row is None:
        row = DomainRuleRow(domain=draft.domain)
        session.add(row)
    for name, value in asdict(draft).items():
        setattr(row, name, value)
    row.set_by, row.set_at, row.decision_id = by, now, decision_id
    rule = rule_of(row)
    event = _log(session, draft.domain, "set", by, now, before, rule)
    return DomainDecided(rule, event, (_effect(rule, before, decision_id),))


def set_many(session: Session, drafts: Iterable[RuleDraft], by: str, now: datetime) -> list[DomainDecided]:
    """Set many rules, as an import does."""
    return [set_draft(session, draft, by, now) for draft in drafts]


def lift_rule(
    session: Session, domain: str, by: str, now: datetime, *, decision_id: int | None = None
) -> DomainDecided:
    """Lift the rule that was set for exactly this domain. Raises NotFoundError."""
    name = canonical(domain)
    row = session.get(DomainRuleRow, name)
    if row is None:
        raise NotFoundError("there is no rule for this domain itself")
    before = rule_of(row)
    session.delete(row)
    event = _log(session, name, "lifted", by, now, before, None)
    effect = Effect(Verb.UNBLOCK_DOMAIN, name, decision_id, None, {"before": before.severity.value})
    return DomainDecided(None, event, (effect,))


def list_rules(session: Session, *, severity: Severity | None = None) -> list[DomainRule]:
    """Every rule, by domain."""
    statement = select(DomainRuleRow).order_by(DomainRuleRow.domain)
    if severity is not None:
        statement = statement.where(DomainRuleRow.severity == severity)
    return [rule_of(row) for row in session.scalars(statement)]


def as_json(rule: DomainRule) -> dict[str, Any]:
    """What an event keeps of a rule."""
    return {
        "severity": rule.severity.value,
        "reject_media": rule.reject_media,
        "reject_reports": rule.reject_reports,
        "obfuscate": rule.obfuscate,
        "public_comment": rule.public_comment,
        "private_comment": rule.private_comment,
    }


def _effect(rule: DomainRule, before: DomainRule | None, decision_id: int | None) -> Effect:
    """`block_domain` carries the severity: the app does what that one asks for, and undoes what `before` asked."""
    params = as_json(rule) | {"before": before.severity.value if before else None}
    del params["private_comment"]
    return Effect(Verb.BLOCK_DOMAIN, rule.domain, decision_id, None, params)


def _log(
    session: Session,
    domain: str,
    what: str,
    by: str,
    now: datetime,
    before: DomainRule | None,
    after: DomainRule | None,
) -> int:
    row = DomainEventRow(
        domain=domain,
        what=what,
        by=by,
        at=now,
        before=as_json(before) if before else None,
        after=as_json(after) if after else None,
    )
    session.add(row)
    session.flush()
    said = {"before": before.severity.value if before else None, "after": after.severity.value if after else None}
    log.append(session, by, f"domain_{what}", domain, said, now)
    return row.id
