"""Links to hosts for which a person made a rule, along with a decision and for a while."""

from __future__ import annotations

from collections.abc import Sequence

from moderation import addresses
from moderation.checks.behaviour import LINKS_LOOKED_AT
from moderation.checks.values import Context
from moderation.values import Finding, Submission

VERSION = "1"


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding for what links to a host with a rule, or to one below it."""
    return [_findings(submission, context) for submission in batch]


def hosts(submission: Submission) -> frozenset[str]:
    """Every host that something links to."""
    return frozenset(addresses.host(link) for link in submission.links[:LINKS_LOOKED_AT]) - {""}


def above(host: str) -> list[str]:
    """A host and those that it is below of, but for the last label alone: `a.b.example` and `b.example`."""
    labels = host.split(".")
    return [".".join(labels[start:]) for start in range(max(len(labels) - 1, 1))]


def _findings(submission: Submission, context: Context) -> list[Finding]:
    if not context.link_rules:
        return []
    found = sorted({each for host in hosts(submission) for each in above(host)} & context.link_rules)
    return [Finding("link_rules", "spam", VERSION, "link_rule", details={"host": found[0]})] if found else []
