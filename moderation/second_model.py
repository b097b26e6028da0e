"""What asks the text model's second stage: the shipped one, and the twins of tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

from models.encoder import files, second
from models.errors import ModelError
from moderation.errors import CheckFailedError

NAME: Final = "second_stage"


class SecondScorer(Protocol):
    """A second stage. Raises CheckFailedError where it can't score."""

    @property
    def version(self) -> str:
        """Names it in verdicts."""

    @property
    def hold_lines(self) -> Mapping[str, float]:
        """By label, the score at which one harmless post in two thousand would be held."""

    @property
    def label_lines(self) -> Mapping[str, float]:
        """By label, the score from which a label is worth showing."""

    def score(self, texts: Sequence[str], first: Sequence[Mapping[str, float]]) -> Sequence[Mapping[str, float]]:
        """For each text, by label that the first stage scored, what both say together."""


class ShippedSecondStage:
    """The encoder that was built here with the head that ships, as the check wants them."""

    def __init__(self, model: second.SecondStage) -> None:
        self._model = model
        self.version = model.version
        self.hold_lines: Mapping[str, float] = {label: lines.hold for label, lines in model.lines.items()}
        self.label_lines: Mapping[str, float] = {label: lines.label for label, lines in model.lines.items()}

    def score(self, texts: Sequence[str], first: Sequence[Mapping[str, float]]) -> Sequence[Mapping[str, float]]:
        """One for each."""
        try:
            return self._model.score(texts, first)
        except ModelError as error:
            raise CheckFailedError(NAME, str(error)) from error


def shipped(data_dir: Path | None) -> SecondScorer | None:
    """Loaded on first use; None where nobody built the encoder. Raises CheckFailedError where it can't be used."""
    place = files.folder(data_dir) if data_dir is not None else None
    if place is None or not files.is_here(place):
        return None
    try:
        return ShippedSecondStage(second.load(place))
    except ModelError as error:
        raise CheckFailedError(NAME, str(error)) from error
