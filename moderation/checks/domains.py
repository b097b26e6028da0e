"""Domain rules: what an admin said of the author's domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moderation.checks.values import Context
from moderation.domains.values import Filter
from moderation.values import Finding, Origin, Severity, SubjectKind, Submission

VERSION = "3"


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding where a rule applies to a remote author's domain, or it is new where new ones wait; its severity says
    what it asks for."""
    return [_findings(submission, context) for submission in batch]


def _findings(submission: Submission, context: Context) -> list[Finding]:
    if submission.author.origin is Origin.LOCAL:
        return []
    domain = submission.author.domain
    rule = context.rules.match(domain)
    if rule is None:
        unknown = {"domain": domain, "severity": Severity.HOLD.value, "unknown": True}
        found = Finding("domain_rules", "domain", VERSION, "domain_unknown", details=unknown)
        is_new = domain in context.new_domains and submission.kind is not SubjectKind.ACCOUNT
        return [found] if is_new else []
    details: dict[str, Any] = {"domain": rule.domain, "severity": rule.severity.value}
    if Filter.REPLIES in rule.filters and any(one.local and not one.knows_author for one in submission.mentions):
        details["strangers"] = True
    return [Finding("domain_rules", "domain", VERSION, f"domain_{rule.severity.value}", details=details)]
