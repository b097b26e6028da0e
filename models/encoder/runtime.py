"""Runs the encoder: texts in, sentence embeddings out, one text at a time on one thread, by ONNX Runtime.

Its files are made by `models.encoder.building` and loaded when their SHA-256 is what `models.encoder.files` names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from models import onnx_runtime
from models.characters import MAIL, MENTION, URL
from models.encoder.wordpiece import WordPieces
from models.errors import ArtefactError, ModelError
from models.normalise import normalise

Floats = npt.NDArray[np.float32]

_INPUT: Final = "pieces"
_WORDS: Final = str.maketrans({URL: " link ", MENTION: " user ", MAIL: " email "})
"""What the first stage's tokens are to an encoder that never saw them."""


class Session(Protocol):
    """As ONNX Runtime's."""

    def run(self, outputs: Any, inputs: dict[str, Any]) -> Sequence[Any]:
        """The outputs."""

    def get_inputs(self) -> Sequence[Any]:
        """What it takes."""

    def get_outputs(self) -> Sequence[Any]:
        """What it gives."""


class Encoder:
    """A loaded encoder; safe to share between threads."""

    def __init__(self, session: Session, pieces: WordPieces, width: int, version: str) -> None:
        self._session, self._pieces = session, pieces
        self.width, self.version = width, version

    def embed(self, texts: Sequence[str]) -> Floats:
        """(n, width) of length one, of texts as their authors wrote them; what one gives doesn't depend on the others.

        Raises ModelError where it fails, or answers what makes no sense.
        """
        found = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in enumerate(texts):
            found[row] = self._one(readable(text))
        return found

    def _one(self, text: str) -> Floats:
        numbers = np.array(self._pieces.numbers(text), dtype=np.int64)
        try:
            answer = np.asarray(self._session.run(None, {_INPUT: numbers})[0], dtype=np.float32)
        except Exception as error:
            raise ModelError(f"the encoder failed: {type(error).__name__}") from error
        if answer.shape != (self.width,) or not np.isfinite(answer).all():
            raise ModelError("the encoder's answer makes no sense")
        return answer


def readable(text: str) -> str:
    """A text without its disguises, as the first stage reads it, with words for addresses and mentions."""
    return normalise(text).text.translate(_WORDS)


def start(graph: bytes, vocabulary: bytes, version: str) -> Encoder:
    """An encoder of bytes that were checked; raises ArtefactError where they are none."""
    try:
        pieces = WordPieces(vocabulary.decode("utf-8").splitlines())
    except UnicodeDecodeError as error:
        raise ArtefactError("the encoder's vocabulary can't be read") from error
    session = onnx_runtime.session(graph, "the encoder", _BOUNDS)
    given, found = session.get_inputs(), session.get_outputs()
    if [each.name for each in given] != [_INPUT] or len(found) != 1 or len(found[0].shape) != 1:
        raise ArtefactError("the encoder takes or gives something else than it should")
    return Encoder(session, pieces, int(found[0].shape[0]), version)


_BOUNDS: Final[Mapping[str, str]] = {"session.intra_op.allow_spinning": "0"}
"""A thread that waits doesn't burn a core."""
