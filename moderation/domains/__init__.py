"""Domain rules: what applies to a remote domain and its subdomains."""

from moderation.domains.editing import DomainDecided, lift_rule, list_rules, set_rule
from moderation.domains.events import history
from moderation.domains.rules import DomainRules, rule_for
from moderation.domains.values import DomainRule, Filter, RuleDraft

__all__ = [
    "DomainDecided",
    "DomainRule",
    "DomainRules",
    "Filter",
    "RuleDraft",
    "history",
    "lift_rule",
    "list_rules",
    "rule_for",
    "set_rule",
]
