"""ONNX Runtime that is installed and broken fails as a model that can't be loaded does, wherever it is asked."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from models import nudity, onnx_runtime
from models.errors import ArtefactError
from moderation import second_model
from moderation.checks import image_model
from moderation.checks.nudity import FAILED
from moderation.errors import CheckFailedError

BROKEN = {
    "lacks a library": 'raise ImportError("libgomp.so.1: cannot open shared object file")\n',
    "is another thing of that name": "",
}


@pytest.fixture(params=BROKEN.values(), ids=BROKEN)
def broken(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An ONNX Runtime that is found and of no use."""
    package = tmp_path / "onnxruntime"
    package.mkdir()
    (package / "__init__.py").write_text(request.param)
    real = forget()
    monkeypatch.syspath_prepend(tmp_path)
    yield
    forget()
    sys.modules.update(real)


def forget() -> dict[str, ModuleType]:
    """What was imported of it; from now on it is looked for again."""
    return {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "onnxruntime"}


@pytest.mark.usefixtures("broken")
def test_no_graph_is_loaded_by_it_and_the_error_says_what_could_not_be() -> None:
    with pytest.raises(ArtefactError, match="the encoder can't be loaded: "):
        onnx_runtime.session(b"", "the encoder")


@pytest.mark.usefixtures("broken")
def test_pictures_wait_for_the_classifier_and_who_uploads_them_meets_no_error() -> None:
    file = nudity.weights()
    if file is None:
        pytest.skip("the extra `vision` isn't installed")
    image_model.shipped.cache_clear()  # what was loaded before it broke
    said = image_model.ask(None, np.zeros((1, nudity.SIDE, nudity.SIDE, 3), dtype=np.uint8))
    assert (said.score, said.why) == (None, FAILED)


@pytest.mark.usefixtures("broken")
def test_the_second_stage_counts_as_failed_and_not_as_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.encoder.files.checked", lambda *_: (b"", b"[PAD]\n[UNK]\n[CLS]\n[SEP]\n"))
    second_model.files.folder(tmp_path).mkdir(parents=True)
    with pytest.raises(CheckFailedError):
        second_model.shipped(tmp_path)
