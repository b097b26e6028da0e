"""What a list would change, row by row, before anything does: the one place that says what a list may overrule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from moderation.domains.lists.values import Entry, Import, Refusal
from moderation.domains.names import parents, without_port
from moderation.domains.values import DomainRule, RuleDraft, draft_of
from moderation.errors import BadDomainError
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
    COVERS = "covers"
    """It would hit, with its subdomains, what is never to be touched by a list: it is left out, too."""


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a plan: what the rule would be, what it is now, and why it isn't done if it isn't."""

    change: Change
    draft: RuleDraft
    before: DomainRule | None
    downgraded: bool = False
    """A suspension that became a silence, because members here follow somebody there."""
    above: DomainRule | None = None
    """The nearest rule of a parent that covers the domain, whatever its own rule is."""

    @property
    def now(self) -> DomainRule | None:
        """What holds there now: its own rule, or else what a parent's says of it."""
        return self.before or self.above


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a list would do."""

    steps: tuple[Step, ...]
    refused: tuple[Refusal, ...] = ()

    def of(self, change: Change) -> list[Step]:
        """The rows of one kind, as the list has them."""
        return [step for step in self.steps if step.change is change]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind there are, by its word, and how many lines are refused."""
        return {change.value: len(self.of(change)) for change in Change} | {"refused": len(self.refused)}

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

BOUNDS: Final = tuple(one for one in Severity if one is not Severity.ALLOW)
"""The most that a list may do can be any of these."""


def plan(asked: Import, there: Mapping[str, DomainRule], wishes: Wishes) -> Plan:
    """What each entry would do to the rules that are there. Pure."""
    return Plan(tuple(_step(entry, there, wishes) for entry in asked.entries), asked.refused)


def covers_excluded(draft: RuleDraft, excludes: frozenset[str]) -> bool:
    """Whether something that is to be left alone lies below it and would be hit along with it."""
    above, hosts = _above(excludes)
    return draft.domain in hosts or (draft.subdomains and draft.domain in above)


@lru_cache(maxsize=8)
def _above(excludes: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """What lies above any of them; and the hosts of those that have a port, which any rule for the host hits."""
    above = frozenset(parent for name in excludes for parent in parents(name)[1:])
    return above, frozenset(map(without_port, excludes)) - excludes


def require_bound(at_most: Severity | None) -> None:
    """Raise BadDomainError for a bound that would let in by name whatever a list bars."""
    if at_most is Severity.ALLOW:
        raise BadDomainError("to let in by name is no bound for a list: the least that it may do is noop")


def stricter(one: Severity, other: Severity) -> bool:
    """Whether one severity does more than another."""
    return _ORDER.index(one) > _ORDER.index(other)


def is_excluded(domain: str, excludes: frozenset[str]) -> bool:
    """Whether it, or what it lies below, is to be left alone."""
    return any(name in excludes for name in parents(domain))


def _step(entry: Entry, there: Mapping[str, DomainRule], wishes: Wishes) -> Step:
    before, above = there.get(entry.draft.domain), _covering(entry.draft.domain, there)
    draft, downgraded = _bounded(merged(entry, before, wishes.source), wishes)
    return Step(_change(draft, before, above, wishes), draft, before, downgraded, above)


def _change(draft: RuleDraft, before: DomainRule | None, above: DomainRule | None, wishes: Wishes) -> Change:
    if is_excluded(draft.domain, wishes.excludes):
        return Change.EXCLUDED
    if covers_excluded(draft, wishes.excludes):
        return Change.COVERS
    if before is not None and draft == draft_of(before):
        return Change.KEPT
    if not wishes.overrule and (_would_overrule(before, draft, wishes) or _lets_out(before, above, draft, wishes)):
        return Change.CONFLICT
    return Change.ADDED if before is None else Change.CHANGED


def _covering(domain: str, there: Mapping[str, DomainRule]) -> DomainRule | None:
    """The nearest parent's rule that holds for a domain where it has none itself."""
    for name in parents(domain)[1:]:
        rule = there.get(name)
        if rule is not None and (rule.subdomains or name == without_port(domain)):
            return rule
    return None


def _would_overrule(before: DomainRule | None, draft: RuleDraft, wishes: Wishes) -> bool:
    """Whether a list speaks against what the house said. A followed list may change what lists said, not people."""
    if before is None:
        return False
    if wishes.source:
        return before.source == ""
    if before.severity is Severity.ALLOW or stricter(before.severity, draft.severity):
        return True
    return before.source == "" and (_covers_less(before, draft) or _tones_down_less(before, draft))


def _lets_out(before: DomainRule | None, above: DomainRule | None, draft: RuleDraft, wishes: Wishes) -> bool:
    """Whether a list takes a server out of what was said of its parent, as the most specific rule holds: it does
    less than that, or anything at all where all below the parent is let in."""
    if above is None or (wishes.source and above.source):
        return False
    if above.severity is Severity.ALLOW:
        return draft.severity is not Severity.ALLOW and (before is None or stricter(draft.severity, before.severity))
    if before is not None and not stricter(before.severity, draft.severity):
        return False
    weaker = stricter(above.severity, draft.severity)
    return weaker or (before is None and above.source == "" and _tones_down_less(above, draft))


def _covers_less(before: DomainRule, draft: RuleDraft) -> bool:
    """Whether it would leave the subdomains alone, or end by itself when it doesn't yet, or sooner."""
    sooner = draft.expires_at is not None and (before.expires_at is None or draft.expires_at < before.expires_at)
    return sooner or (before.subdomains and not draft.subdomains)


def _tones_down_less(before: DomainRule, draft: RuleDraft) -> bool:
    """Whether something that is refused or toned down would not be any more; a suspension lets nothing in at all."""
    if draft.severity is Severity.SUSPEND:
        return False
    media, reports = before.reject_media, before.reject_reports
    less = (media and not draft.reject_media) or (reports and not draft.reject_reports)
    return less or not before.filters <= draft.filters


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
