"""An artefact is loaded only when it is exactly what its manifest names."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import artefact, registry, vocabulary
from models.errors import ArtefactAlteredError, ArtefactError, ModelError, UnknownVersionError
from models.labels import LABELS
from models.textmodel import load

LINE = {"hold": 0.9, "label": 0.5, "hold_one_in": 2000, "label_one_in": 200, "harmless": 1, "exceeded": 0}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    source = registry.current().folder
    return Path(shutil.copytree(source, tmp_path / source.name))


def alter(folder: Path, **changes: object) -> None:
    path = folder / artefact.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_whole_copy_is_loaded(copy: Path) -> None:
    assert load(copy).version == copy.name


@pytest.mark.parametrize("name", [artefact.WEIGHTS, artefact.LANGUAGE])
def test_one_altered_byte_is_refused(copy: Path, name: str) -> None:
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(ArtefactAlteredError):
        load(copy)


@pytest.mark.parametrize("name", [artefact.WEIGHTS, artefact.LANGUAGE, artefact.MANIFEST])
def test_a_missing_file_is_refused(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ArtefactError):
        load(copy)


def replace(folder: Path, name: str, data: bytes) -> None:
    """Another file in the place of one, as a manifest that names it would have it."""
    (folder / name).write_bytes(data)
    files = json.loads((folder / artefact.MANIFEST).read_text())["files"]
    alter(folder, files=files | {name: artefact.digest(data)})


def packed(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"x" * 1000, packed(other=np.zeros(1))])
def test_an_array_file_that_is_none_is_refused_though_its_digest_fits(copy: Path, data: bytes) -> None:
    replace(copy, artefact.WEIGHTS, data)
    with pytest.raises(ArtefactError, match="can't be read"):
        load(copy)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), value=st.binary(min_size=1, max_size=40))
def test_no_broken_array_file_raises_anything_else(copy: Path, place: float, value: bytes) -> None:
    good = packed(weights=np.arange(4000, dtype=np.int16))
    start = int(place * len(good))
    replace(copy, artefact.WEIGHTS, good[:start] + value + good[start + len(value) :])
    with pytest.raises(ArtefactError):
        load(copy)


def test_an_archive_that_unpacks_to_far_more_than_any_model_is_not_unpacked(copy: Path) -> None:
    replace(copy, artefact.WEIGHTS, packed(weights=np.zeros(150_000_000, dtype=np.int8)))
    with pytest.raises(ArtefactError, match="unpacks"):
        load(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"keys": np.zeros(0, dtype=np.uint64), "weights": np.zeros((0, 2), dtype=np.int8)},
        {"keys": np.array([2, 1], dtype=np.uint64)},
        {"keys": np.array([1, 2], dtype=np.int64)},
        {"weights": np.zeros((2, 3), dtype=np.int8)},
        {"weights": np.zeros((2, 2), dtype=np.float32)},
        {"prior": np.array([0.0, np.nan], dtype=np.float32)},
        {"prior": np.zeros(3, dtype=np.float32)},
        {"codes": np.array(["en", "de"])},
    ],
)
def test_a_language_table_that_would_trip_the_detector_is_refused(copy: Path, changes: dict[str, np.ndarray]) -> None:
    table = {
        "codes": np.array(["en", "fr"]),
        "keys": np.array([1, 2], dtype=np.uint64),
        "weights": np.zeros((2, 2), dtype=np.int8),
        "prior": np.zeros(2, dtype=np.float32),
    }
    replace(copy, artefact.LANGUAGE, packed(**table))
    assert load(copy).score(["good morning to all of you"])[0].scores
    replace(copy, artefact.LANGUAGE, packed(**(table | changes)))
    with pytest.raises(ArtefactError, match="language table"):
        load(copy)


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", None])
def test_a_word_list_that_is_missing_or_no_text_is_an_error_of_the_artefact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None
) -> None:
    if data is not None:
        (tmp_path / "words.txt").write_bytes(data)
    monkeypatch.setattr(vocabulary, "WORDS_FILE", tmp_path / "words.txt")
    with pytest.raises(ArtefactError, match="word list"):
        vocabulary.vocabulary.__wrapped__()


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"current": 5}', '{"current": "text-gone"}'])
def test_a_choice_that_names_no_version_is_an_error_and_no_other_version_is_taken(copy: Path, text: str) -> None:
    (copy.parent / "current.json").write_text(text)
    with pytest.raises(ModelError):
        registry.current(copy.parent)


def test_a_pickle_is_never_unpickled(copy: Path) -> None:
    with (copy / artefact.WEIGHTS).open("wb") as file:
        np.savez(file, weights=np.array([{"a": 1}], dtype=object))
    files = json.loads((copy / artefact.MANIFEST).read_text())["files"]
    alter(copy, files=files | {artefact.WEIGHTS: artefact.digest((copy / artefact.WEIGHTS).read_bytes())})
    with pytest.raises(ArtefactError, match="can't be read"):
        load(copy)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 0},
        {"labels": ["hate"]},
        {"intercepts": [float("nan")] * 7},
        {"lines": {}},
        {"calibration": {}},
        {"files": {"../../x": "0" * 64}},
        {"words": "0" * 64},
        {"files": {}},
        {"files": []},
        {"languages": []},
        {"languages": ["tlh"]},
        {"intercepts": [0.0]},
        {"scales": [0.0] * 8},
        {"scales": ["much"] * 7},
        {"language_scale": float("inf")},
        {"version": "text-x", "lines": 5},
        {"calibration": {label: [[], []] for label in LABELS}},
        {"calibration": {label: [[0.0, 1.0], [0.0, float("nan")]] for label in LABELS}},
        {"calibration": {label: [[1.0, 0.0], [0.0, 1.0]] for label in LABELS}},
        {"calibration": dict.fromkeys(LABELS, 5)},
        {"lines": dict.fromkeys(LABELS, LINE | {"hold": float("nan")})},
        {"lines": dict.fromkeys(LABELS, LINE | {"hold": None})},
        {"lines": dict.fromkeys(LABELS, LINE | {"more": 1})},
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(copy: Path, changes: dict[str, object]) -> None:
    alter(copy, **changes)
    with pytest.raises(ArtefactError):
        load(copy)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": 2}', "[" * 100_000, "\udcff", "NaN"])
def test_a_manifest_that_is_none_is_refused(copy: Path, text: str) -> None:
    (copy / artefact.MANIFEST).write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(ArtefactError):
        load(copy)


def test_weights_of_another_shape_are_refused(copy: Path) -> None:
    with (copy / artefact.WEIGHTS).open("wb") as file:
        np.savez(file, weights=np.zeros((4, 7), dtype=np.int16))
    files = json.loads((copy / artefact.MANIFEST).read_text())["files"]
    alter(copy, files=files | {artefact.WEIGHTS: artefact.digest((copy / artefact.WEIGHTS).read_bytes())})
    with pytest.raises(ArtefactError, match="shape"):
        load(copy)


def test_promoting_makes_a_version_current(copy: Path) -> None:
    root = copy.parent
    with pytest.raises(UnknownVersionError):
        registry.current(root)
    assert registry.promote(copy.name, root).current
    assert [version.name for version in registry.versions(root) if version.current] == [copy.name]


def test_an_unknown_version_is_not_promoted(copy: Path) -> None:
    with pytest.raises(UnknownVersionError):
        registry.promote("text-none", copy.parent)


def test_an_altered_version_is_not_promoted(copy: Path) -> None:
    (copy / artefact.WEIGHTS).write_bytes(b"x")
    with pytest.raises(ArtefactAlteredError):
        registry.promote(copy.name, copy.parent)
    assert not any(version.current for version in registry.versions(copy.parent))
