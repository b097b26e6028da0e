"""Patterns: links, hashtags and authors' names about which a person made a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from moderation.checks.behaviour import LINKS_LOOKED_AT
from moderation.checks.values import Context
from moderation.patterns.matching import Pattern
from moderation.patterns.tables import PatternKind
from moderation.values import Finding, Submission

NAME: Final = "patterns"
VERSION: Final = "1"
WHY: Final = {
    PatternKind.LINK: "pattern_link",
    PatternKind.HASHTAG: "pattern_hashtag",
    PatternKind.NAME: "pattern_name",
}
MOST: Final = 10
"""Findings about one submission."""
TAGS_LOOKED_AT: Final = 200


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding for each pattern that something matches, the gravest first; it names the pattern."""
    return [[_finding(each) for each in _matches(submission, context)][:MOST] for submission in batch]


def _matches(submission: Submission, context: Context) -> list[Pattern]:
    patterns, now = context.patterns, context.now
    name = submission.author.handle.lstrip("@").partition("@")[0]
    return [
        *patterns.links(submission.links[:LINKS_LOOKED_AT], now),
        *patterns.hashtags(submission.hashtags[:TAGS_LOOKED_AT], now),
        *patterns.names(name, now),
    ]


def _finding(pattern: Pattern) -> Finding:
    details = {"pattern": pattern.id, "what": pattern.pattern, "severity": pattern.severity.value}
    return Finding(NAME, pattern.label, VERSION, WHY[pattern.kind], details=details)
