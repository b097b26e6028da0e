"""The second stage's head on disk: arrays in npz, all else in a JSON manifest that names SHA-256 digests.

A head belongs to one encoder, whose graph's digest it names; with another it isn't loaded.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.artefact import Lines, digest
from models.encoder.head import Head, Network, Weighing
from models.errors import ArtefactAlteredError, ArtefactError
from models.labels import LABELS

ROOT: Final = Path(__file__).parents[1] / "artefacts"
CURRENT: Final = "encoder-head.json"
MANIFEST, WEIGHTS, REPORT = "manifest.json", "weights.npz", "report.json"
FORMAT: Final = 1
_PREFIX: Final = "encoder-head-"
_ARRAYS: Final = ("inner", "inner_bias", "outer", "outer_bias")
_MOST_BYTES: Final = 4_000_000


def write(root: Path, head: Head, encoder: str, measured_with: str, seed: int) -> Path:
    """Write a head under a name made of what it is, name it as the current one of `root`, and return its folder."""
    buffer = io.BytesIO()
    arrays = {name: getattr(head.network, name).astype(np.float16) for name in _ARRAYS}
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    weights = buffer.getvalue()
    manifest = {
        "format": FORMAT,
        "labels": list(head.labels),
        "encoder": encoder,
        "first_stage": measured_with,
        "seed": seed,
        "weighings": {label: asdict(each) for label, each in head.weighings.items()},
        "lines": {label: asdict(each) for label, each in head.lines.items()},
        "files": {WEIGHTS: digest(weights)},
    }
    name = _PREFIX + digest(json.dumps(manifest, sort_keys=True).encode())[:10]
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / WEIGHTS).write_bytes(weights)
    text = json.dumps(manifest | {"version": name}, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (root / CURRENT).write_text(
        json.dumps({"current": name, "manifest": digest(text.encode())}) + "\n", encoding="utf-8"
    )
    return folder


def load(root: Path, encoder: str) -> tuple[str, Head]:
    """The version and the head that `root` names as current. Raises ArtefactError where anything isn't as named."""
    try:
        current = json.loads(_read(root / CURRENT))
        name, expected = str(current["current"]), str(current["manifest"])
        if Path(name).name != name or not name.startswith(_PREFIX):
            raise ArtefactError(f"{name!r} is no head's name")
        manifest = json.loads(_checked(root / name / MANIFEST, expected))
        if manifest["format"] != FORMAT or tuple(manifest["labels"]) != LABELS:
            raise ArtefactError(f"{name} is of another format than this code reads")
        if manifest["encoder"] != encoder:
            raise ArtefactError(f"{name} was trained on another encoder")
        return name, _head(manifest, _checked(root / name / WEIGHTS, str(manifest["files"][WEIGHTS])))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ArtefactError(f"the second stage's head can't be read: {error!r}") from error


def report(root: Path) -> dict[str, Any]:
    """What was measured of the current head when it was trained; raises ArtefactError."""
    try:
        name = str(json.loads(_read(root / CURRENT))["current"])
        found: dict[str, Any] = json.loads(_read(root / Path(name).name / REPORT))
    except (ValueError, KeyError, TypeError) as error:
        raise ArtefactError(f"the second stage's report can't be read: {error!r}") from error
    return found


def _head(manifest: Mapping[str, Any], weights: bytes) -> Head:
    with np.load(io.BytesIO(weights), allow_pickle=False) as arrays:
        found = {name: _finite(arrays[name]) for name in _ARRAYS}
    network = Network(**found)
    width, hidden = network.inner.shape
    fitting = ((hidden,), (hidden, len(LABELS)), (len(LABELS),))
    if (network.inner_bias.shape, network.outer.shape, network.outer_bias.shape) != fitting or not width:
        raise ArtefactError("the second stage's head has weights of other shapes than it should")
    weighings = {label: _weighing(manifest["weighings"][label]) for label in LABELS}
    lines = {label: Lines(**manifest["lines"][label]) for label in LABELS}
    return Head(LABELS, network, weighings, lines)


def _weighing(raw: Mapping[str, Any]) -> Weighing:
    given, meant = (tuple(float(each) for each in axis) for axis in raw["curve"])
    numbers = (float(raw["first"]), float(raw["own"]), float(raw["shift"]))
    if len(given) != len(meant) or not all(map(math.isfinite, (*given, *meant, *numbers))):
        raise ArtefactError("the second stage's curves make no sense")
    return Weighing(*numbers, (given, meant))


def _finite(array: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = array.astype(np.float32)
    if not np.isfinite(found).all():
        raise ArtefactError("the second stage's head has weights that are no numbers")
    return found


def _checked(path: Path, expected: str) -> bytes:
    body = _read(path)
    if digest(body) != expected:
        raise ArtefactAlteredError(f"{path.parent.name}: {path.name} is not the file that is named")
    return body


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            body = opened.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ArtefactError(f"{path.name} of the second stage can't be read: {error.strerror}") from error
    if len(body) > _MOST_BYTES:
        raise ArtefactError(f"{path.name} is larger than any head may be")
    return body
