"""The image classifier: what it's asked and answers, and that nothing but the weights that it should have is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from models import nudity
from models.errors import ArtefactAlteredError, ArtefactError, ModelError
from moderation.checks import image_model
from moderation.checks import nudity as check
from moderation.errors import CheckFailedError


class Runtime:
    """A session that gives one answer."""

    def __init__(self, answer: Any) -> None:
        self.answer, self.asked = answer, []

    def run(self, outputs: Any, inputs: dict[str, Any]) -> Sequence[Any]:
        self.asked.append(inputs["in"])
        return [np.repeat(np.array([self.answer]), len(inputs["in"]), axis=0)]


def pictures(count: int) -> np.ndarray[Any, Any]:
    return np.full((count, 256, 256, 3), (10, 20, 30), dtype=np.uint8)


def test_it_is_shown_the_middle_in_blue_green_red_less_the_means_a_few_at_a_time() -> None:
    runtime = Runtime([0.25, 0.75])
    assert nudity.ImageModel(runtime, "in", "v").score(pictures(5)) == [0.75] * 5
    assert [each.shape for each in runtime.asked] == [(4, 224, 224, 3), (1, 224, 224, 3)]
    assert runtime.asked[0][0, 0, 0].tolist() == [30 - 104, 20 - 117, 10 - 123]


@pytest.mark.parametrize("answer", [[float("nan"), 0.5], [0.5], [float("inf"), float("inf")]])
def test_an_answer_that_makes_no_sense_is_none(answer: list[float]) -> None:
    with pytest.raises(ModelError):
        nudity.ImageModel(Runtime(answer), "in", "v").score(pictures(1))


def test_weights_that_somebody_changed_are_not_loaded(tmp_path: Path) -> None:
    file = tmp_path / "weights.onnx"
    file.write_bytes(b"something else")
    with pytest.raises(ArtefactAlteredError):
        nudity.load(file)
    with pytest.raises(ArtefactError):
        nudity.load(tmp_path / "nowhere.onnx")


def test_what_is_no_model_fails_in_one_way_though_its_digest_is_right(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    file = tmp_path / "weights.onnx"
    file.write_bytes(b"something else")
    with pytest.raises(ArtefactError):
        nudity.load(file, hashlib.sha256(b"something else").hexdigest())


def test_without_the_extra_there_is_none() -> None:
    assert nudity.weights("no_such_package_anywhere") is None


def test_the_weights_of_the_extra_score_pictures() -> None:
    file = nudity.weights()
    if file is None:
        pytest.skip("the extra isn't installed")
    model = nudity.load(file)
    grey = np.full((1, 256, 256, 3), 128, dtype=np.uint8)
    assert model.score(grey) == pytest.approx([0.19758], abs=1e-3)


class Scorer:
    version = "twin-1"

    def score(self, pictures: Any) -> list[float]:
        return [0.1, 0.9, 0.2][: len(pictures)]


class Broken(Scorer):
    def score(self, pictures: Any) -> list[float]:
        raise CheckFailedError(check.NAME, "broken")


def test_of_several_moments_the_highest_score_counts() -> None:
    said = image_model.ask(Scorer(), pictures(3))
    assert (said.score, said.version, said.why) == (0.9, "twin-1", "")


def test_a_broken_one_says_so() -> None:
    assert image_model.ask(Broken(), pictures(1)).why == check.FAILED
