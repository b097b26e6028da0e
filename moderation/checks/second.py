"""The second stage: asked only where the first one is unsure, and policy cares for who would see it.

It comes after the other checks, for it needs what the first stage found. Its finding takes the place of the first's for
that label, and keeps the first's score and version. Without an encoder it abstains; where one is there and fails, what
it should have judged waits.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from moderation.checks import text
from moderation.checks.values import Context
from moderation.errors import CheckFailedError
from moderation.policy.lines import Lines
from moderation.second_model import NAME, SecondScorer
from moderation.values import Finding, Submission

ABSENT: Final = "no_encoder"
"""This install has none: it abstains."""
TOO_MANY: Final = "too_many"
"""The batch has more to ask than it may take time for."""
LANGUAGE: Final = "language"
MOST: Final = 32
"""Texts of a batch that are read: a third of a second at most."""
_EDGE: Final = 1e-9

Found = list[list[Finding] | None]


def check(batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context) -> Found:
    """Each submission's findings with the second stage's word in them; None where it should have spoken and failed."""
    if not context.policy.second_stage.on:
        return [list(each) for each in findings]
    lines = Lines.of(context)
    unsure = [_unsure(one, found, context, lines) for one, found in zip(batch, findings, strict=True)]
    asked = [place for place, labels in enumerate(unsure) if labels]
    return _answered(batch, findings, context, unsure, asked)


def _answered(
    batch: Sequence[Submission],
    findings: Sequence[Sequence[Finding]],
    context: Context,
    unsure: Sequence[Mapping[str, float]],
    asked: Sequence[int],
) -> Found:
    results: Found = [list(each) for each in findings]
    read, left = asked[:MOST], asked[MOST:]
    for place in left:
        results[place] = [*findings[place], _abstained(TOO_MANY)]
    if context.second_stage_failed:
        return [None if place in asked else each for place, each in enumerate(results)]
    model = context.second_stage
    for place in read:
        results[place] = _one(model, batch[place], findings[place], unsure[place])
    return results


def _one(
    model: SecondScorer | None, submission: Submission, found: Sequence[Finding], unsure: Mapping[str, float]
) -> list[Finding] | None:
    if model is None:
        return [*found, _abstained(ABSENT)]
    try:
        (scores,) = model.score([submission.text], [unsure])
    except CheckFailedError:
        return None
    if any(not 0 <= score <= 1 for score in scores.values()):
        return None
    return [_replaced(each, scores, model) for each in found]


def _replaced(found: Finding, scores: Mapping[str, float], model: SecondScorer) -> Finding:
    """The first stage's finding stays where the second has nothing to say of its label."""
    score = scores.get(found.label) if found.check == text.NAME and found.score is not None else None
    if score is None:
        return found
    details = {"first": round(found.score or 0.0, 4), "first_version": found.version}
    return Finding(NAME, found.label, model.version, NAME, score, found.spans, details)


def _unsure(submission: Submission, found: Sequence[Finding], context: Context, lines: Lines) -> dict[str, float]:
    """By label, scores of the first stage that lie near a line that is in force, of what policy cares for."""
    policy = context.policy.second_stage
    if not _is_cared_for(submission, context):
        return {}
    return {
        each.label: each.score
        for each in found
        if each.check == text.NAME
        and each.score is not None
        and each.label in policy.labels
        and any(abs(_log_odds(each.score) - _log_odds(line)) <= policy.band for line in lines.of_label(each.label))
    }


def _is_cared_for(submission: Submission, context: Context) -> bool:
    """Whether it is a stranger's, would be seen by many, or its author is reported at the moment."""
    policy, author = context.policy.second_stage, submission.author
    if policy.languages and (submission.language or "").split("-")[0].lower() not in policy.languages:
        return False
    if policy.strangers and not (submission.reply_between_mutuals or context.is_proven(author.uri)):
        return True
    if policy.wide_from and submission.seen_by >= policy.wide_from:
        return True
    return policy.reported and author.uri in context.reported


def _abstained(reason: str) -> Finding:
    return Finding(NAME, "abstained", "", "second_stage_abstained", details={"reason": reason})


def _log_odds(score: float) -> float:
    inside = min(max(score, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))
