"""What the text check needs of a text model; the shipped one has it, and so have the twins of tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from moderation.values import Span


class TextScores(Protocol):
    """What a text model says of one text: a calibrated probability per label, None where it abstains."""

    @property
    def scores(self) -> Mapping[str, float | None]:
        """By label."""

    @property
    def language(self) -> str | None:
        """The language that it took the text for."""

    @property
    def abstained_because(self) -> str | None:
        """A code, if it abstained."""

    @property
    def disguised(self) -> bool:
        """Whether the text was written to be read by people and not by machines."""


class TextScorer(Protocol):
    """A text model. Raises CheckFailedError where it can't score."""

    @property
    def version(self) -> str:
        """Names the model in verdicts."""

    @property
    def hold_lines(self) -> Mapping[str, float]:
        """By label, the score at which one harmless post in two thousand would be held."""

    @property
    def label_lines(self) -> Mapping[str, float]:
        """By label, the score from which a label is worth showing."""

    def score(self, texts: Sequence[str], languages: Sequence[str | None]) -> Sequence[TextScores]:
        """One for each text."""

    def explain(self, text: str, label: str) -> tuple[Span, ...]:
        """Which stretches of the text weighed towards a label."""
