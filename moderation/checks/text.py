"""The text classifier: a score on every label for every post, and what weighed where a line is reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from models.errors import ModelError
from models.legible import is_illegible
from models.textmodel import TOO_LITTLE, UNTRAINED, TextModel, load_current
from models.windows import is_cut
from moderation.checks.model import TextScorer, TextScores
from moderation.checks.values import Context
from moderation.errors import CheckFailedError
from moderation.policy.values import resolve
from moderation.values import PUBLIC_KINDS, Finding, Span, Submission

NAME: Final = "text"
UNREAD: Final = "language_unread"
"""Why of a finding: the text is in a language that the model can't judge, so that nothing is known of what it says."""
TOO_LONG: Final = "text_too_long"
"""Why of a finding: some of it was read nowhere."""
ILLEGIBLE: Final = "text_illegible"
"""Why of a finding: there is much of it, and no letters, or control characters in great number."""
SPANS: Final = 12


def check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    """A finding for each label's score, or one that says why the model abstained.

    None for letters where the policy says that nobody reads them, not even a machine.
    """
    read = [each for each in batch if context.policy.private.text_model or not context.is_letter(each)]
    found = iter(_check(read, context) if read else [])
    kept = {id(each) for each in read}
    return [next(found) if id(each) in kept else [] for each in batch]


def _check(batch: Sequence[Submission], context: Context) -> list[list[Finding]]:
    model = context.text_model
    if model is None:
        raise CheckFailedError(NAME, "there is no model")
    scored = model.score([each.text for each in batch], [each.language for each in batch])
    if len(scored) != len(batch):
        raise CheckFailedError(NAME, f"{len(scored)} scores for {len(batch)} texts")
    lines = _lines(context, model)
    return [_findings(submission, scores, model, lines) for submission, scores in zip(batch, scored, strict=True)]


def _lines(context: Context, model: TextScorer) -> Mapping[str, float]:
    """By label, the lowest score that leads to anything."""
    found: dict[str, float] = {}
    for label, wanted in context.policy.labels.items():
        lines = (
            resolve(wanted.label, label, model.label_lines),
            resolve(wanted.limit, label, model.label_lines),
            resolve(wanted.hold, label, model.hold_lines),
        )
        found[label] = min((line for line in lines if line is not None), default=2.0)
    return found


def _findings(
    submission: Submission, scores: TextScores, model: TextScorer, lines: Mapping[str, float]
) -> list[Finding]:
    said, disguised = _unread(submission, scores, model), {"disguised": True} if scores.disguised else {}
    if scores.abstained_because is not None:
        details = {"language": scores.language, "reason": scores.abstained_because, **disguised}
        said.append(Finding(NAME, "abstained", model.version, "text_model_abstained", details=details))
        if scores.abstained_because == UNTRAINED:  # by its own name, so that rules can speak of it
            said.append(Finding(NAME, "language", model.version, UNREAD, details={"language": scores.language}))
    if not all(score is None or 0.0 <= score <= 1.0 for score in scores.scores.values()):
        raise CheckFailedError(NAME, "a score is no probability")  # nor is NaN, which no line would ever stop
    explained = submission.visibility in PUBLIC_KINDS
    return said + [
        Finding(NAME, label, model.version, "text_model", score, _spans(submission, label, model), disguised)
        if explained and score >= lines.get(label, 2.0)
        else Finding(NAME, label, model.version, "text_model", score, details=disguised)
        for label, score in scores.scores.items()
        if score is not None
    ]


def _spans(submission: Submission, label: str, model: TextScorer) -> tuple[Span, ...]:
    return model.explain(submission.text, label)[:SPANS]


def _unread(submission: Submission, scores: TextScores, model: TextScorer) -> list[Finding]:
    """That so much of it couldn't be read that the scores don't speak for the whole, and why."""
    whys = [TOO_LONG] if is_cut(submission.text) else []
    if is_illegible(submission.text, letters=scores.abstained_because != TOO_LITTLE):
        whys.append(ILLEGIBLE)
    size = {"characters": len(submission.text)}
    return [Finding(NAME, "abstained", model.version, why, details=size) for why in whys]


class ShippedModel:
    """The model that ships with Ostiary, as the check wants it."""

    def __init__(self, model: TextModel) -> None:
        self._model = model
        self.version = model.version
        self.hold_lines: Mapping[str, float] = {label: lines.hold for label, lines in model.lines.items()}
        self.label_lines: Mapping[str, float] = {label: lines.label for label, lines in model.lines.items()}

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> Sequence[TextScores]:
        """One for each text."""
        return self._model.score(texts, languages)

    def explain(self, text: str, label: str) -> tuple[Span, ...]:
        """The stretches that weighed most, as parts of what all of them weighed."""
        found = self._model.explain(text, label, top=SPANS)
        heaviest = max((span.weight for span in found), default=1.0)
        return tuple(Span(span.start, span.end, span.weight / heaviest) for span in found)


@lru_cache(maxsize=1)
def shipped_model() -> TextScorer:
    """Loaded on first use. Raises CheckFailedError where it can't be."""
    try:
        return ShippedModel(load_current())
    except ModelError as error:
        raise CheckFailedError(NAME, str(error)) from error
