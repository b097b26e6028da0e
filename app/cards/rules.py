"""Which servers' pages have no cards."""

from __future__ import annotations

from moderation.domains.rules import DomainRules
from moderation.domains.values import Filter
from moderation.values import Severity

_SHOWS = (Severity.NOOP, Severity.ALLOW)


def is_kept_out(rules: DomainRules, host: str) -> bool:
    """Whether a rule leaves this host's pages without cards: any that does something does, and one that says so."""
    rule = rules.named(host)
    return rule is not None and (rule.severity not in _SHOWS or Filter.PREVIEWS in rule.filters)
