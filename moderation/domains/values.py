"""A domain rule, as it is and as somebody wants it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from moderation.values import Severity


class Filter(StrEnum):
    """What of a domain is toned down, whatever its severity, from when the rule is set until it is lifted."""

    AVATARS = "avatars"
    """No avatars and banners."""
    REPLIES = "replies"
    """Nothing that is addressed to members who don't know its author."""
    SENSITIVE = "sensitive"
    """All posts are marked as sensitive."""
    UNLISTED = "unlisted"
    """Public posts are taken as unlisted."""
    TRENDS = "trends"
    """Nothing of it trends."""
    PREVIEWS = "previews"
    """Its pages, linked to by anybody, show no preview."""
    BOOSTS = "boosts"
    """What its people boost isn't taken."""
    FOLLOWS = "follows"
    """Its people ask before they follow a member."""


NO_FILTERS: frozenset[Filter] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """A rule that somebody wants: typed, imported or sent."""

    domain: str
    severity: Severity
    reject_media: bool = False
    reject_reports: bool = False
    obfuscate: bool = False
    public_comment: str = ""
    private_comment: str = ""
    subdomains: bool = True
    filters: frozenset[Filter] = NO_FILTERS
    review_at: datetime | None = None
    """When somebody should look again whether it is still needed."""
    expires_at: datetime | None = None
    """When it is lifted by itself."""
    evidence: tuple[int, ...] = ()
    """Numbers of the cases that speak for it."""
    source: str = ""
    """The list that manages it; empty for what a person set here."""


@dataclass(frozen=True, slots=True)
class DomainRule:
    """A rule in force. `domain` is where it was set, perhaps a parent of the domain that was asked about."""

    domain: str
    severity: Severity
    reject_media: bool
    reject_reports: bool
    obfuscate: bool
    public_comment: str
    private_comment: str
    set_by: str
    set_at: datetime
    subdomains: bool = True
    filters: frozenset[Filter] = NO_FILTERS
    review_at: datetime | None = None
    expires_at: datetime | None = None
    evidence: tuple[int, ...] = ()
    source: str = ""


def in_order(filters: Iterable[Filter]) -> list[Filter]:
    """Filters in the order in which they are declared, for pages and files."""
    wanted = set(filters)
    return [one for one in Filter if one in wanted]


def draft_of(rule: DomainRule) -> RuleDraft:
    """The draft that would set a rule as it is."""
    return RuleDraft(
        rule.domain,
        rule.severity,
        rule.reject_media,
        rule.reject_reports,
        rule.obfuscate,
        rule.public_comment,
        rule.private_comment,
        rule.subdomains,
        rule.filters,
        rule.review_at,
        rule.expires_at,
        rule.evidence,
        rule.source,
    )


def rule_from(draft: RuleDraft, by: str, at: datetime) -> DomainRule:
    """The rule that a draft becomes."""
    return DomainRule(
        draft.domain,
        draft.severity,
        draft.reject_media,
        draft.reject_reports,
        draft.obfuscate,
        draft.public_comment,
        draft.private_comment,
        by,
        at,
        draft.subdomains,
        draft.filters,
        draft.review_at,
        draft.expires_at,
        draft.evidence,
        draft.source,
    )
