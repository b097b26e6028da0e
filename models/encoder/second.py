"""The second stage as it serves: texts and what the first stage said of them in, calibrated probabilities out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from models.artefact import Lines
from models.encoder import files, headfile
from models.encoder.head import Head
from models.encoder.runtime import Encoder
from models.errors import ArtefactError


class SecondStage:
    """An encoder with the head that was trained on it; safe to share between threads."""

    def __init__(self, encoder: Encoder, head: Head, name: str) -> None:
        if head.network.inner.shape[0] != encoder.width:
            raise ArtefactError("the second stage's head is made for another encoder")
        self._encoder, self._head = encoder, head
        self.version = name
        self.lines: Mapping[str, Lines] = head.lines

    def score(self, texts: Sequence[str], first: Sequence[Mapping[str, float]]) -> list[dict[str, float]]:
        """For each text, by label that the first stage scored, what both say together. Raises ModelError."""
        return self._head.probabilities(self._encoder.embed(texts), first)


@lru_cache(maxsize=1)
def load(place: Path) -> SecondStage:
    """The encoder in a folder with the shipped head, every file checked; loaded once per process.

    Raises ArtefactError.
    """
    name, head = headfile.load(headfile.ROOT, files.SHIPPED.graph)
    return SecondStage(files.load(place), head, name)
