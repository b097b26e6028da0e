"""What a manifest says of lines and curves is pinned as its arrays are: a shipped version is loaded as it was shipped."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from models import artefact, behaviour, context, pinned, registry, textmodel
from models.errors import ArtefactAlteredError, ArtefactError
from models.labels import LABELS
from models.local import files
from tests.models.test_local import examples, made

LOADS: dict[str, Callable[[Path], object]] = {"text": textmodel.load, "behaviour": behaviour.load}


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """A folder with the shipped versions in use, and the digests that they are known by."""
    for folder in (registry.current().folder, behaviour.current()):
        shutil.copytree(folder, tmp_path / folder.name)
    shutil.copy(pinned.SHIPPED / pinned.FILE, tmp_path)
    return tmp_path


def of(shipped: Path, kind: str) -> Path:
    """The version of a model in it."""
    return shipped / (registry.current().name if kind == "text" else behaviour.current().name)


def alter(folder: Path, **changes: object) -> None:
    """Another manifest."""
    path = folder / artefact.MANIFEST
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize("kind", LOADS)
def test_a_shipped_version_as_it_was_shipped_is_loaded(shipped: Path, kind: str) -> None:
    assert LOADS[kind](of(shipped, kind))


def test_everything_that_is_shipped_is_named() -> None:
    known = json.loads((pinned.SHIPPED / pinned.FILE).read_text())
    there = {path.parent.name: path for path in pinned.SHIPPED.glob(f"*/{artefact.MANIFEST}")}
    assert known == {name: artefact.digest(path.read_bytes()) for name, path in there.items()}


def test_a_text_model_whose_intercepts_or_lines_were_altered_is_refused(shipped: Path) -> None:
    folder = of(shipped, "text")
    alter(folder, intercepts=[-50.0] * len(LABELS))
    with pytest.raises(ArtefactAlteredError, match="shipped"):
        textmodel.load(folder)


def test_a_behaviour_model_whose_lines_were_altered_is_refused(shipped: Path) -> None:
    folder = of(shipped, "behaviour")
    alter(folder, lines={"hold": 0.999999, "label": 0.999999})
    with pytest.raises(ArtefactAlteredError, match="shipped"):
        behaviour.load(folder)


@pytest.mark.parametrize("kind", LOADS)
def test_a_version_that_nobody_named_is_refused_among_shipped_ones(shipped: Path, kind: str) -> None:
    other = of(shipped, kind).rename(shipped / f"{kind}-0123456789")
    with pytest.raises(ArtefactError, match="isn't among"):
        LOADS[kind](other)


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 100_000, "{}"])
def test_digests_that_can_not_be_read_let_nothing_be_loaded(shipped: Path, text: str) -> None:
    (shipped / pinned.FILE).write_text(text)
    for kind, load in LOADS.items():
        with pytest.raises(ArtefactError):
            load(of(shipped, kind))


def test_without_digests_nothing_is_loaded_that_is_shipped(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shipped / pinned.FILE).unlink()
    monkeypatch.setattr(pinned, "SHIPPED", shipped)
    with pytest.raises(ArtefactError, match="can't be read"):
        textmodel.load(of(shipped, "text"))


def test_a_version_under_another_name_is_refused_wherever_it_lies(tmp_path: Path) -> None:
    for kind, folder in (("text", registry.current().folder), ("behaviour", behaviour.current())):
        copy = Path(shutil.copytree(folder, tmp_path / f"{kind}-0123456789"))
        with pytest.raises(ArtefactAlteredError, match="another version"):
            LOADS[kind](copy)
    own = tmp_path / made(tmp_path, examples(40)).version
    with pytest.raises(ArtefactAlteredError, match="another version"):
        files.load(own.rename(tmp_path / "local-0123456789"))


def test_a_context_model_under_another_name_is_refused(tmp_path: Path) -> None:
    decided = [context.Decided("hate", 0.9 if n % 2 else 0.1, context.Standing(), float(n % 2)) for n in range(400)]
    model = context.fit(decided)
    assert model is not None
    folder = context.save(tmp_path, model)
    assert context.load(folder).version == model.version
    with pytest.raises(ArtefactAlteredError, match="another version"):
        context.load(folder.rename(tmp_path / f"{context.PREFIX}0123456789"))


def test_what_was_just_trained_is_named_where_names_are_kept(shipped: Path, tmp_path: Path) -> None:
    folder = of(shipped, "text")
    alter(folder, seed=1)
    with pytest.raises(ArtefactAlteredError):
        textmodel.load(folder)
    pinned.add(folder)
    assert textmodel.load(folder).version == folder.name
