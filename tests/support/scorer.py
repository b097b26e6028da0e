"""A text model by keyword, for tests that aren't about the model: its answers are plain to read in the test's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.labels import LABELS
from moderation.errors import CheckFailedError
from moderation.values import Span

WORDS: Mapping[str, str] = {
    "vermin": "hate",
    "loser": "harassment",
    "stab": "violence",
    "nude": "sexual",
    "cutting": "self_harm",
    "casino": "spam",
    "damn": "toxic",
}
"""Each makes its label sure; everything else is harmless."""
UNKNOWN_LANGUAGE = "xx"
SURE, HARMLESS = 0.99, 0.01


@dataclass(frozen=True)
class KeywordScores:
    """What it says of one text."""

    scores: Mapping[str, float | None]
    language: str | None = "en"
    abstained_because: str | None = None
    disguised: bool = False


@dataclass
class KeywordScorer:
    """A TextScorer. Set `broken` and it fails like a model that can't be loaded."""

    version: str = "keywords-1"
    broken: bool = False
    hold_lines: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(LABELS, 0.9))
    label_lines: Mapping[str, float] = field(default_factory=lambda: dict.fromkeys(LABELS, 0.6))
    scored: list[str] = field(default_factory=list)

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> Sequence[KeywordScores]:
        """One for each text; a text said to be in language `xx` makes it abstain."""
        if self.broken:
            raise CheckFailedError("text", "it was told to be broken")
        self.scored += texts
        return [_one(text, language) for text, language in zip(texts, languages, strict=True)]

    def explain(self, text: str, label: str) -> tuple[Span, ...]:
        """Where its keywords stand."""
        return tuple(
            Span(text.lower().index(word), text.lower().index(word) + len(word))
            for word, means in WORDS.items()
            if means == label and word in text.lower()
        )


def _one(text: str, language: str | None) -> KeywordScores:
    if language == UNKNOWN_LANGUAGE:
        return KeywordScores(dict.fromkeys(LABELS), None, "language")
    found = {label for word, label in WORDS.items() if word in text.lower()}
    return KeywordScores({label: SURE if label in found else HARMLESS for label in LABELS}, language or "en")


class Unmoved:
    """An image classifier that sees nothing in any picture."""

    version = "twin-1"

    def score(self, pictures: Sequence[Any]) -> list[float]:
        """Nought for each."""
        return [0.0] * len(pictures)
