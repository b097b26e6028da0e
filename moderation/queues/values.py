"""What a queue is: what it matches, who works on it, what can't be decided in it, and how its holds end. All frozen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from moderation.cases.plans import HARMLESS
from moderation.errors import RefusedError
from moderation.values import Action

NAME_LONGEST: Final = 80
MOST: Final = 30
MOST_VALUES: Final = 100
LONGEST_HOURS: Final = 24 * 90
UNKNOWN: Final = "und"
"""Among languages: where nobody could tell which it is."""
HIDEABLE: Final = tuple(action for action in Action if action not in HARMLESS)
"""What a queue may hide. Letting something be is possible everywhere: else its cases could never be closed."""
_DOMAIN: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


class Source(StrEnum):
    """Where a case comes from: by whom its subject is, and who drew attention to it."""

    LOCAL = "local"
    REMOTE = "remote"
    REPORT = "report"
    NOTICE = "notice"
    MACHINE = "machine"
    APPEAL = "appeal"


PLACES: Final = (Source.LOCAL, Source.REMOTE)
WAYS: Final = (Source.REPORT, Source.NOTICE, Source.MACHINE, Source.APPEAL)


class Ageing(StrEnum):
    """How holds of a queue end that nobody looked at. Without one they end as the policy says, behind a warning."""

    LONGER = "longer"
    """Another time than the policy's; then behind a warning."""
    LIMITED = "limited"
    """Let in, off the public timelines."""
    RELEASE = "release"
    """Let in as it is."""


@dataclass(frozen=True, slots=True)
class Match:
    """What goes to a queue: any of each kind of condition, and all kinds; an empty one asks nothing."""

    categories: tuple[str, ...] = ()
    """A machine's labels, and categories of reports."""
    languages: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    domains: tuple[str, ...] = ()
    """Of authors, each with its subdomains."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue; `id` is 0 while it's only a draft."""

    id: int
    name: str
    match: Match = field(default_factory=Match)
    required_role: str = "reviewer"
    """The least role that sees its cases; `app` knows the ladder."""
    hidden_actions: tuple[Action, ...] = ()
    due_hours: int | None = None
    """From a case's opening; None for what its origin says."""
    ageing: Ageing | None = None
    ageing_hours: int | None = None
    position: int = 0


def require_good(queue: Queue) -> None:
    """Raise RefusedError for a queue that doesn't hold together."""
    if not 0 < len(queue.name.strip()) <= NAME_LONGEST:
        raise RefusedError(f"a queue has a name of at most {NAME_LONGEST} characters")
    match = queue.match
    if max(map(len, (match.categories, match.languages, match.domains))) > MOST_VALUES:
        raise RefusedError(f"a queue names at most {MOST_VALUES} of a kind")
    if not all(len(domain) <= 253 and _DOMAIN.fullmatch(domain) for domain in match.domains):
        raise RefusedError("a domain is written like example.org, international ones in their xn-- form")
    if not all(1 < len(language) <= 12 for language in match.languages):
        raise RefusedError("a language is written as its code, like fr")
    if any(action not in HIDEABLE for action in queue.hidden_actions):
        raise RefusedError("letting something be can't be hidden: its cases could never be closed")
    if (queue.ageing is None) != (queue.ageing_hours is None):
        raise RefusedError("say both how long what is held waits, and what happens then")
    for hours in (queue.due_hours, queue.ageing_hours):
        if hours is not None and not 0 < hours <= LONGEST_HOURS:
            raise RefusedError(f"a time is at least one hour and at most {LONGEST_HOURS}")


def as_json(match: Match) -> dict[str, Any]:
    """As it is stored."""
    return {
        "categories": list(match.categories),
        "languages": list(match.languages),
        "sources": [source.value for source in match.sources],
        "domains": list(match.domains),
    }


def from_json(stored: Mapping[str, Any]) -> Match:
    """As it was stored."""
    return Match(
        tuple(stored.get("categories", ())),
        tuple(stored.get("languages", ())),
        tuple(Source(each) for each in stored.get("sources", ())),
        tuple(stored.get("domains", ())),
    )
