"""An artefact is loaded only when it is exactly what its manifest names."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from models import artefact, registry
from models.errors import ArtefactAlteredError, ArtefactError, UnknownVersionError
from models.textmodel import load


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
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(copy: Path, changes: dict[str, object]) -> None:
    alter(copy, **changes)
    with pytest.raises(ArtefactError):
        load(copy)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"format": 2}'])
def test_a_manifest_that_is_none_is_refused(copy: Path, text: str) -> None:
    (copy / artefact.MANIFEST).write_text(text)
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
