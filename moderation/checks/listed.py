"""Listed hashes: files and pictures that a person put on a list, by their bytes or by what is to be seen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from moderation.checks.values import Context
from moderation.listed.matching import Match
from moderation.listed.tables import HashKind
from moderation.values import Finding, Submission

NAME: Final = "listed_hashes"
VERSION: Final = "1"
EXACTLY, NEARLY = "listed_file", "listed_picture"
MOST: Final = 20
"""Findings about one submission: what stands on many lists is known well enough."""


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding for each list that each file stands on; the list's severity says what a person asked for."""
    return [_findings(submission, context) for submission in batch] if context.listed else [[] for _ in batch]


def _findings(submission: Submission, context: Context) -> list[Finding]:
    found: dict[tuple[int, str], Finding] = {}
    for number, media in enumerate(submission.media, 1):
        for match in context.listed.get(media, ()):
            found.setdefault((number, match.list_name), _finding(number, match))
    return list(found.values())[:MOST]


def _finding(number: int, match: Match) -> Finding:
    details = {
        "picture": number,
        "list": match.list_name,
        "severity": match.severity.value,
        "kind": match.kind.value,
        "distance": match.distance,
        "turned": match.turned,
        "hash": match.hash_id,
    }
    why = NEARLY if match.kind is HashKind.PDQ else EXACTLY
    return Finding(NAME, match.label, VERSION, why, details=details)
