"""The encoder's files: which bytes they must be, and where they lie.

`ostiary model build-encoder` makes them in the data directory out of the weights of all-MiniLM-L6-v2, once. The digests
stand here, so nothing else is ever loaded: of what it is made of, and of what comes out, wherever it is built.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.encoder import runtime
from models.encoder.runtime import Encoder
from models.errors import ArtefactAlteredError, ArtefactError

VERSION: Final = "minilm-l6-1"
GRAPH, VOCABULARY = "encoder.onnx", "vocab.txt"
_MOST_BYTES: Final = 64 * 1024 * 1024


@dataclass(frozen=True)
class Digests:
    """SHA-256 of each file."""

    graph: str
    vocabulary: str


SHIPPED: Final = Digests(
    graph="2b6a5e53f12b2b6818205816ddd23369c456ff57d17f88395d8685b3c32d99a3",
    vocabulary="07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
)


def folder(data_dir: Path) -> Path:
    """Where a server's encoder lies."""
    return data_dir / "models" / VERSION


def is_here(place: Path) -> bool:
    """Whether there is an encoder to ask: somebody built it, and the extra that runs it is installed."""
    return place.is_dir() and importlib.util.find_spec("onnxruntime") is not None


def load(place: Path, digests: Digests = SHIPPED, version: str = VERSION) -> Encoder:
    """Check and load. Raises ArtefactError where it can't be read or run, ArtefactAlteredError where it is another."""
    graph, vocabulary = checked(place, digests)
    return runtime.start(graph, vocabulary, version)


def checked(place: Path, digests: Digests = SHIPPED) -> tuple[bytes, bytes]:
    """Both files, as they should be; raises ArtefactError."""
    return _checked(place / GRAPH, digests.graph), _checked(place / VOCABULARY, digests.vocabulary)


def _checked(file: Path, sha256: str) -> bytes:
    try:
        with file.open("rb") as opened:
            body = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ArtefactError(f"the encoder's {file.name} can't be read: {error.strerror}") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ArtefactAlteredError(f"the encoder's {file.name} is not the file that it should be")
    return body
