"""Every pattern that holds, in memory: a look-up for what is spelt out, and a short walk for what has stars. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from moderation import addresses, hashtags
from moderation.patterns import spelling
from moderation.patterns.tables import PatternKind, PatternSeverity


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, as it is compared."""

    id: int
    kind: PatternKind
    pattern: str
    severity: PatternSeverity
    label: str
    expires_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether its time isn't over."""
        return self.expires_at is None or now < self.expires_at


@dataclass(slots=True)
class _Kind:
    plain: dict[str, list[Pattern]] = field(default_factory=dict)
    starred: list[tuple[tuple[str, ...], Pattern]] = field(default_factory=list)
    """With what stands between their stars."""


class Patterns:
    """What holds. `links` looks at a host and those above it, so that it costs the same with 100,000 patterns as with
    ten; only patterns with stars are walked through one by one."""

    def __init__(self, patterns: Iterable[Pattern] = ()) -> None:
        self._kinds = {kind: _Kind() for kind in PatternKind}
        self._hosts: dict[str, list[tuple[str, Pattern]]] = {}
        for each in patterns:
            self._put(each)

    def links(self, links: Iterable[str], now: datetime) -> list[Pattern]:
        """What these links match."""
        if not self._hosts:
            return []
        found: dict[int, Pattern] = {}
        for place in filter(None, map(addresses.place, links)):
            found |= {each.id: each for each in self._at(*place) if each.holds(now)}
        return _gravest(found.values())

    def hashtags(self, tags: Iterable[str], now: datetime) -> list[Pattern]:
        """What these hashtags match."""
        return self._spelt(PatternKind.HASHTAG, [spelling.hashtag(tag) for tag in tags], now)

    def names(self, name: str, now: datetime) -> list[Pattern]:
        """What a user name matches, without its server."""
        return self._spelt(PatternKind.NAME, [spelling.name(name)], now)

    def _put(self, each: Pattern) -> None:
        if each.kind is PatternKind.LINK:
            host, _, path = each.pattern.partition("/")
            self._hosts.setdefault(host, []).append((f"/{path}" if path else "", each))
            return
        # One that was kept before ł was taken for l is still spelt with it
        text = hashtags.folded(each.pattern) if each.kind is PatternKind.HASHTAG else each.pattern
        if "*" in text:
            self._kinds[each.kind].starred.append((tuple(text.split("*")), each))
        else:
            self._kinds[each.kind].plain.setdefault(text, []).append(each)

    def _at(self, host: str, path: str) -> Iterable[Pattern]:
        labels = host.split(".")[-20:]
        for start in range(len(labels)):
            for prefix, each in self._hosts.get(".".join(labels[start:]), ()):
                if not prefix or path == prefix or path.startswith(f"{prefix}/"):
                    yield each

    def _spelt(self, kind: PatternKind, texts: Sequence[str], now: datetime) -> list[Pattern]:
        of = self._kinds[kind]
        found = {each.id: each for text in texts for each in of.plain.get(text, ())}
        found |= {each.id: each for parts, each in of.starred if any(_fits(parts, text) for text in texts)}
        return _gravest(each for each in found.values() if each.holds(now))


def _fits(parts: Sequence[str], text: str) -> bool:
    """Whether a text begins and ends as it should, with the other parts in order between: in one walk, never back."""
    first, *between, last = parts
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in between:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _gravest(patterns: Iterable[Pattern]) -> list[Pattern]:
    order = list(PatternSeverity)
    return sorted(patterns, key=lambda each: (-order.index(each.severity), each.id))
