"""Nudity: what the image classifier said of a submission's pictures when they were seen; the highest score counts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from moderation.checks.values import Context
from moderation.errors import CheckFailedError
from moderation.values import Finding, Nudity, Submission

NAME: Final = "nudity"
LABEL: Final = "sexual"
ABSENT = "no_classifier"
"""This install has none: it abstains."""
FAILED = "classifier_failed"
"""It has one that doesn't answer: what it didn't see waits."""


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding with the highest score, or one that says why there is none.

    Raises CheckFailedError where the classifier should have spoken, and couldn't.
    """
    return [_findings(submission) for submission in batch]


def _findings(submission: Submission) -> list[Finding]:
    said = [(number, each.nudity) for number, each in enumerate(submission.media, 1) if each.nudity is not None]
    if not said:
        return []
    if any(nudity.why == FAILED for _number, nudity in said):
        raise CheckFailedError(NAME, "the image classifier doesn't answer")
    number, most = max(said, key=_score)
    details = {"picture": number}
    if most.score is None:
        return [Finding(NAME, "abstained", most.version, "nudity_abstained", details=details | {"reason": most.why})]
    return [Finding(NAME, LABEL, most.version, "nudity", most.score, details=details)]


def _score(said: tuple[int, Nudity]) -> float:
    return -1.0 if said[1].score is None else said[1].score
