"""The head: trained the same way twice it is the same; only what its manifest names is loaded, for one encoder."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from models.artefact import Lines
from models.encoder import graph, headfile, runtime, safetensors, shape
from models.encoder.head import Head, Weighing
from models.encoder.runtime import Encoder
from models.encoder.second import SecondStage
from models.errors import ArtefactAlteredError, ArtefactError
from models.labels import LABELS
from models.train import corpus, network, sampling, second
from tests.models.encoder import random_encoder

ENCODER = "0" * 64
STRAIGHT = ((-60.0, 60.0), (-60.0, 60.0))
LINES = Lines(0.9, 0.5, 2000, 200, 100, 0)


def learnt(seed: int = 3) -> network.Network:
    """A network that tells two directions apart for the first label; nobody says anything of the others."""
    rng = np.random.default_rng(1)
    inputs = rng.normal(0, 1, (600, 16)).astype(np.float32)
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    labels = np.full((600, len(LABELS)), -1, dtype=np.int8)
    labels[:, 0] = inputs[:, 0] > 0
    return network.train(inputs, labels, (labels >= 0).astype(np.float64), seed, rounds=60)


@pytest.fixture(scope="module")
def head() -> Head:
    return Head(
        LABELS, learnt(), dict.fromkeys(LABELS, Weighing(0.5, 1.0, 0.0, STRAIGHT)), dict.fromkeys(LABELS, LINES)
    )


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    given = random_encoder.source()
    return runtime.start(
        graph.build(safetensors.read(given.weights), shape.read(given.config)), given.vocabulary, "tiny"
    )


def test_the_same_training_gives_the_same_network_and_it_has_learnt() -> None:
    one, two = learnt(), learnt()
    assert all(np.array_equal(getattr(one, name), getattr(two, name)) for name in ("inner", "outer", "outer_bias"))
    east, west = np.eye(16, dtype=np.float32)[:1], -np.eye(16, dtype=np.float32)[:1]
    assert one.own(east)[0, 0] > 1 > -1 > one.own(west)[0, 0]


def test_what_was_written_is_what_is_read(head: Head, tmp_path: Path) -> None:
    folder = headfile.write(tmp_path, head, ENCODER, "text-1", 3)
    name, read = headfile.load(tmp_path, ENCODER)
    assert name == folder.name
    assert read.weighings == head.weighings and read.lines == head.lines
    assert np.allclose(read.network.inner, head.network.inner, atol=1e-2)
    assert headfile.write(tmp_path, head, ENCODER, "text-1", 3) == folder


def test_a_head_is_loaded_for_its_own_encoder_only(head: Head, tmp_path: Path) -> None:
    headfile.write(tmp_path, head, ENCODER, "text-1", 3)
    with pytest.raises(ArtefactError, match="another encoder"):
        headfile.load(tmp_path, "1" * 64)


@pytest.mark.parametrize("name", [headfile.MANIFEST, headfile.WEIGHTS])
def test_what_somebody_changed_is_not_loaded(head: Head, tmp_path: Path, name: str) -> None:
    folder = headfile.write(tmp_path, head, ENCODER, "text-1", 3)
    file = folder / name
    file.write_bytes(file.read_bytes().replace(b"0", b"1") + b" ")
    with pytest.raises(ArtefactAlteredError):
        headfile.load(tmp_path, ENCODER)
    file.unlink()
    with pytest.raises(ArtefactError):
        headfile.load(tmp_path, ENCODER)


@pytest.mark.parametrize("pointer", ["", "[]", '{"current": "../text-1", "manifest": ""}', '{"current": 1}'])
def test_a_pointer_that_names_no_head_is_refused(tmp_path: Path, pointer: str) -> None:
    (tmp_path / headfile.CURRENT).write_text(pointer)
    with pytest.raises(ArtefactError):
        headfile.load(tmp_path, ENCODER)
    with pytest.raises(ArtefactError):
        headfile.report(tmp_path)


def test_numbers_that_are_none_are_refused_though_the_digests_are_right(head: Head, tmp_path: Path) -> None:
    spoilt = Head(LABELS, head.network, {**head.weighings, "hate": Weighing(float("nan"), 1, 0, STRAIGHT)}, head.lines)
    headfile.write(tmp_path, spoilt, ENCODER, "text-1", 3)
    with pytest.raises(ArtefactError):
        headfile.load(tmp_path, ENCODER)


def test_both_stages_are_one_probability_for_labels_that_the_first_one_scored(head: Head, encoder: Encoder) -> None:
    stage = SecondStage(encoder, head, "head-1")
    texts = ["the cat", "a dog !"]
    low, high = stage.score(texts, [{"hate": 0.1}] * 2), stage.score(texts, [{"hate": 0.9}] * 2)
    assert [set(each) for each in low] == [{"hate"}] * 2
    assert all(0 < one["hate"] < two["hate"] < 1 for one, two in zip(low, high, strict=True))
    assert stage.score(texts[1:], [{"hate": 0.1}]) == low[1:]


def test_a_head_of_another_width_is_refused(head: Head, encoder: Encoder) -> None:
    rng = np.random.default_rng(1)
    other = network.Network(rng.normal(0, 1, (8, 256)).astype(np.float32), *list(vars(head.network).values())[1:])
    with pytest.raises(ArtefactError):
        SecondStage(encoder, Head(LABELS, other, head.weighings, head.lines), "head-1")


def test_a_head_is_trained_on_our_own_sentences_with_a_cache_that_saves_work(encoder: Encoder, tmp_path: Path) -> None:
    rows = sampling.sample(corpus.load(None, 5, 3))
    cache = tmp_path / "cache.npz"
    texts = [row.text for row in rows]
    embeddings = second.embed(texts, encoder, cache)
    assert np.array_equal(second.embed(texts[:5], encoder, cache), embeddings[:5])
    first = np.random.default_rng(2).normal(-2, 1, (len(rows), len(LABELS)))
    head, unseen = second.train(rows, embeddings, first, 5)
    assert unseen.both.shape == first.shape and np.all((unseen.both > 0) & (unseen.both < 1))
    assert set(head.lines) == set(LABELS)
    assert all(each.first >= 0 and each.own >= 0 for each in head.weighings.values())


def test_the_shipped_head_is_whole_and_belongs_to_the_shipped_encoder() -> None:
    from models.encoder import files

    name, head = headfile.load(headfile.ROOT, files.SHIPPED.graph)
    report = headfile.report(headfile.ROOT)
    assert report["version"] == name
    assert head.network.inner.shape[0] == 384
    assert json.loads((headfile.ROOT / headfile.CURRENT).read_text())["current"] == name
