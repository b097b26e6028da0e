"""Domain rules: what an admin said of the author's domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moderation.checks.values import Context
from moderation.domains.values import Filter
from moderation.values import Finding, Origin, Submission

VERSION = "2"


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding where a rule applies to a remote author's domain; the rule's severity says what it asks for."""
    return [_findings(submission, context) for submission in batch]


def _findings(submission: Submission, context: Context) -> list[Finding]:
    if submission.author.origin is Origin.LOCAL:
        return []
    rule = context.rules.match(submission.author.domain)
    if rule is None:
        return []
    details: dict[str, Any] = {"domain": rule.domain, "severity": rule.severity.value}
    if Filter.REPLIES in rule.filters and any(one.local and not one.knows_author for one in submission.mentions):
        details["strangers"] = True
    return [Finding("domain_rules", "domain", VERSION, f"domain_{rule.severity.value}", details=details)]
