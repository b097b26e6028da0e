"""What a score on a text means, given who wrote it and to whom: a finding of its own, beside the text model's.

It has no score of its own column and changes no outcome: people read it beside a case, and a rule of the house may ask
whether it is there. It comes after the other checks, for it needs what they found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

from models.context import LABELS, ContextModel, Standing
from moderation import second_model
from moderation.checks import text
from moderation.checks.values import Context
from moderation.values import Finding, Submission

NAME: Final = "context"
RAISED: Final = "context_raised"
LOWERED: Final = "context_lowered"
FACT: Final = "c"
"""In a verdict's facts: the standing as it was, from which the model learns later."""
WORTH_TELLING: Final = 0.2
"""Neither score reaches this: nobody needs to hear of it."""
MOVED: Final = math.log(2.0)
"""In log-odds: twice, or half as likely."""
WEIGHED: Final = 3


def check(batch: Sequence[Submission], findings: Sequence[Sequence[Finding]], context: Context) -> list[list[Finding]]:
    """For each submission a finding for each label that its context moves far, the gravest last; none for letters."""
    model = context.context_model
    if model is None:
        return [[] for _ in batch]
    return [
        [] if context.is_letter(one) else _one(model, standing_of(one, context), found)
        for one, found in zip(batch, findings, strict=True)
    ]


def standing_of(submission: Submission, context: Context) -> Standing:
    """Who writes to whom, from what the door read for its other checks."""
    record = context.records.get(submission.author.uri)
    known = (context.now - record.first_seen_at).total_seconds() / 86_400 if record is not None else 0.0
    return Standing(
        removed=record.removed if record is not None else 0,
        approved=record.approved if record is not None else 0,
        known_days=round(max(known, 0.0), 1),
        mutuals=submission.reply_between_mutuals,
        strangers=context.strangers(submission),
        answers=submission.in_reply_to is not None,
    )


def packed(of: Standing) -> list[float]:
    """A standing in a verdict's facts."""
    return [of.removed, of.approved, of.known_days, int(of.mutuals), of.strangers, int(of.answers)]


def unpacked(facts: Mapping[str, Any]) -> Standing | None:
    """The standing in a verdict's facts; None where there is none that can be read."""
    try:
        removed, approved, days, mutuals, strangers, answers = (float(each) for each in facts[FACT])
    except (KeyError, TypeError, ValueError):
        return None
    return Standing(
        removed=int(removed),
        approved=int(approved),
        known_days=days,
        mutuals=bool(mutuals),
        strangers=int(strangers),
        answers=bool(answers),
    )


def _one(model: ContextModel, standing: Standing, found: Sequence[Finding]) -> list[Finding]:
    said = [each for each in (_of_label(model, standing, one) for one in found if _is_asked(one)) if each is not None]
    return sorted(said, key=lambda each: max(each.details["first"], each.details["score"]))


def _is_asked(finding: Finding) -> bool:
    spoke = finding.check in (text.NAME, second_model.NAME)
    return spoke and finding.label in LABELS and finding.score is not None


def _of_label(model: ContextModel, standing: Standing, finding: Finding) -> Finding | None:
    first = finding.score or 0.0
    score = model.score(finding.label, first, standing)
    moved = _log_odds(score) - _log_odds(first)
    if not is_told(first, score):
        return None
    weighed = [name for name, weight in model.explain(finding.label, first, standing) if weight * moved > 0]
    details = {"first": round(first, 4), "score": round(score, 4), "weighed": weighed[:WEIGHED]}
    return Finding(NAME, finding.label, model.version, RAISED if moved > 0 else LOWERED, details=details)


def is_told(first: float, score: float) -> bool:
    """Whether context moves a score so far that people hear of it."""
    return max(first, score) >= WORTH_TELLING and abs(_log_odds(score) - _log_odds(first)) >= MOVED


def _log_odds(score: float) -> float:
    inside = min(max(score, 1e-6), 1 - 1e-6)
    return math.log(inside / (1 - inside))
