"""What a list would change, row by row, before anything does: the one place that says what a list may overrule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from moderation.domains.lists.values import Entry, Import, Refusal
from moderation.domains.names import parents
from moderation.domains.values import DomainRule, RuleDraft, draft_of
from moderation.values import Severity


class Change(StrEnum):
    """What becomes of a row."""

    ADDED = "added"
    CHANGED = "changed"
    KEPT = "kept"
    """The rule says so already."""
    CONFLICT = "conflict"
    """The house has said otherwise, and a list doesn't overrule it unless somebody asks for that."""
    EXCLUDED = "excluded"
    """Never to be touched by a list."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a plan: what the rule would be, what it is now, and why it isn't done if it isn't."""

    change: Change
    draft: RuleDraft
    before: DomainRule | None
    downgraded: bool = False
    """A suspension that became a silence, because members here follow somebody there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a list would do."""

    steps: tuple[Step, ...]
    refused: tuple[Refusal, ...] = ()

    def of(self, change: Change) -> list[Step]:
        """The rows of one kind, as the list has them."""
        return [step for step in self.steps if step.change is change]

    @property
    def drafts(self) -> list[RuleDraft]:
        """What is to be set."""
        return [step.draft for step in self.steps if step.change in (Change.ADDED, Change.CHANGED)]


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a list is taken."""

    overrule: bool = False
    """Whether it overrules what people set here."""
    excludes: frozenset[str] = frozenset()
    """Domains (with what lies under them) that no row touches."""
    followed: frozenset[str] = frozenset()
    """Domains where members here follow somebody: their suspension becomes a silence."""
    at_most: Severity | None = None
    """The most that the list may ask for; None for all it says."""
    source: str = ""
    """Which list it is; empty for a file that somebody takes by hand."""


_ORDER: Final = (Severity.ALLOW, Severity.NOOP, Severity.FILTER, Severity.SILENCE, Severity.HOLD, Severity.SUSPEND)


def plan(asked: Import, there: Mapping[str, DomainRule], wishes: Wishes) -> Plan:
    """What each entry would do to the rules that are there. Pure."""
    return Plan(tuple(_step(entry, there.get(entry.draft.domain), wishes) for entry in asked.entries), asked.refused)


def stricter(one: Severity, other: Severity) -> bool:
    """Whether one severity does more than another."""
    return _ORDER.index(one) > _ORDER.index(other)


def is_excluded(domain: str, excludes: frozenset[str]) -> bool:
    """Whether it, or what it lies below, is to be left alone."""
    return any(name in excludes for name in parents(domain))


def _step(entry: Entry, before: DomainRule | None, wishes: Wishes) -> Step:
    draft, downgraded = _bounded(merged(entry, before, wishes.source), wishes)
    if is_excluded(draft.domain, wishes.excludes):
        return Step(Change.EXCLUDED, draft, before, downgraded)
    if before is None:
        return Step(Change.ADDED, draft, before, downgraded)
    if draft == draft_of(before):
        return Step(Change.KEPT, draft, before, downgraded)
    overruled = not wishes.overrule and _would_overrule(before, draft, wishes)
    return Step(Change.CONFLICT if overruled else Change.CHANGED, draft, before, downgraded)


def _would_overrule(before: DomainRule, draft: RuleDraft, wishes: Wishes) -> bool:
    """Whether a list speaks against what the house said. A followed list may change what lists said, not people."""
    if wishes.source:
        return before.source == ""
    return before.severity is Severity.ALLOW or stricter(before.severity, draft.severity)


def merged(entry: Entry, before: DomainRule | None, source: str) -> RuleDraft:
    """The rule as it would be: what the list says nothing of stays as it is, notes above all."""
    if before is None:
        return replace(_fitting(entry.draft), source=source)
    said = {name: getattr(entry.draft, name) for name in entry.given if name in _MERGED}
    draft = _fitting(replace(draft_of(before), **said))
    return replace(draft, source=source if before.source or source == "" else before.source)


def _fitting(draft: RuleDraft) -> RuleDraft:
    """What is suspended or allowed has nothing to tone down: a list that says both means the severity."""
    return replace(draft, filters=frozenset()) if draft.severity in (Severity.SUSPEND, Severity.ALLOW) else draft


_MERGED: Final = frozenset(
    {
        *("severity", "reject_media", "reject_reports", "obfuscate", "public_comment", "private_comment"),
        *("subdomains", "filters", "review_at", "expires_at"),
    }
)


def _bounded(draft: RuleDraft, wishes: Wishes) -> tuple[RuleDraft, bool]:
    severity = draft.severity
    if wishes.at_most is not None and stricter(severity, wishes.at_most):
        severity = wishes.at_most
    downgraded = severity is Severity.SUSPEND and draft.domain in wishes.followed
    if downgraded:
        severity = Severity.SILENCE
    return replace(draft, severity=severity), downgraded
