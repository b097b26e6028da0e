"""A local version's files: the correction as npz, all else in a JSON manifest with SHA-256s, as the shipped ones have.

It names its base by digest, and is read with that base and no other.
"""

import io
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from models import artefact, features, registry
from models.artefact import Lines
from models.errors import ArtefactAlteredError, ArtefactError, UnknownVersionError
from models.labels import LABELS
from models.local.by_language import Curve
from models.local.model import Correction, LocalModel

PREFIX: Final = "local-"
MANIFEST: Final = "manifest.json"
CORRECTION: Final = "correction.npz"
FORMAT: Final = 2
"""Of these files; which features they are about, their base says."""
_WITHOUT_LANGUAGES: Final = 1
"""The format before curves by language, which is still read."""
_MOST_BYTES: Final = 16_000_000


@dataclass(frozen=True)
class LocalManifest:
    """What is known of a local version besides its arrays. `learnt_from`: by label, how many examples spoke for it."""

    version: str
    base: str
    base_digest: str
    correction_digest: str
    shifts: tuple[float, ...]
    curves: tuple[Curve, ...]
    languages: Mapping[str, Mapping[str, Curve]]
    lines: Mapping[str, Lines]
    learnt_from: Mapping[str, int]


def root(data_dir: Path) -> Path:
    """Where a server keeps its own versions."""
    return data_dir / "models"


def write(
    where: Path, base: registry.Version, correction: Correction, lines: Mapping[str, Lines], learnt: Mapping[str, int]
) -> Path:
    """Write a version into a folder that is named after what it holds; returns that."""
    arrays = io.BytesIO()
    np.savez_compressed(arrays, allow_pickle=False, columns=correction.columns, weights=correction.weights)
    data = arrays.getvalue()
    body: dict[str, Any] = {
        "format": FORMAT,
        "labels": list(LABELS),
        "base": base.name,
        "base_digest": base.digest(),
        "correction_digest": artefact.digest(data),
        "shifts": list(correction.shifts),
        "curves": [list(curve) for curve in correction.curves],
        "languages": {
            code: {label: list(curve) for label, curve in own.items()} for code, own in correction.languages.items()
        },
        "lines": {label: asdict(line) for label, line in lines.items()},
        "learnt_from": dict(learnt),
    }
    body["version"] = PREFIX + artefact.digest(json.dumps(body, sort_keys=True).encode())[:10]
    folder = where / str(body["version"])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CORRECTION).write_bytes(data)
    text = json.dumps(body, indent=1, sort_keys=True) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return folder


def digest_of(folder: Path) -> str:
    """One digest for the whole version: that of its manifest, which names the rest."""
    return artefact.digest(_read(folder / MANIFEST))


def names(where: Path) -> list[str]:
    """The versions in a folder."""
    return sorted(path.name for path in where.glob(f"{PREFIX}*") if (path / MANIFEST).is_file())


def load(folder: Path, digest: str | None = None) -> LocalModel:
    """The model in a folder, on the base that it names. Raises ArtefactError where anything isn't what it was.

    With a `digest` the manifest itself must be the one that was put in use.
    """
    data = _read(folder / MANIFEST)
    if digest is not None and artefact.digest(data) != digest:
        raise ArtefactAlteredError(f"{folder.name}: its manifest is not the one that was put in use")
    manifest = _manifest(data, folder)
    if manifest.version != folder.name:
        raise ArtefactAlteredError(f"{folder.name}: its manifest is that of another version")
    base, correction = base_of(manifest), _correction(manifest, folder)
    return LocalModel(artefact.read(base.folder), correction, manifest.version, manifest.lines)


def base_of(manifest: LocalManifest) -> registry.Version:
    """The shipped version that a local one corrects; raises ArtefactError where it isn't here as it was."""
    try:
        found = registry.named(manifest.base)
    except UnknownVersionError as error:
        raise ArtefactError(f"{manifest.version}: the version that it corrects isn't here any more") from error
    if found.digest() != manifest.base_digest:
        raise ArtefactAlteredError(f"{manifest.version}: the version that it corrects is another one now")
    return found


def manifest(folder: Path) -> LocalManifest:
    """What is known of a version; raises ArtefactError."""
    return _manifest(_read(folder / MANIFEST), folder)


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArtefactError(f"{path.name} is larger than any correction may be")
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path.parent.name}: {path.name} can't be read") from error


def _manifest(data: bytes, folder: Path) -> LocalManifest:
    try:
        raw = json.loads(data)
        if raw["format"] not in (FORMAT, _WITHOUT_LANGUAGES) or tuple(raw["labels"]) != LABELS:
            raise ArtefactError(f"{folder.name} is of another format than this code reads")
        found = LocalManifest(
            version=str(raw["version"]),
            base=str(raw["base"]),
            base_digest=str(raw["base_digest"]),
            correction_digest=str(raw["correction_digest"]),
            shifts=tuple(float(each) for each in raw["shifts"]),
            curves=tuple((float(slope), float(shift)) for slope, shift in raw["curves"]),
            languages=_languages(raw["languages"] if raw["format"] == FORMAT else {}),
            lines={label: Lines(**raw["lines"][label]) for label in LABELS},
            learnt_from=dict(raw["learnt_from"]),
        )
        curves = [*found.curves, *(curve for own in found.languages.values() for curve in own.values())]
        numbers = [*found.shifts, *(each for curve in curves for each in curve)]
        numbers += [each for line in found.lines.values() for each in (line.hold, line.label)]
        sound = len(found.shifts) == len(found.curves) == len(LABELS) and all(map(math.isfinite, numbers))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ArtefactError(f"{folder.name}: its manifest can't be read: {error!r}") from error
    if not sound or not all(slope > 0 for slope, _ in curves):
        raise ArtefactError(f"{folder.name}: its manifest holds numbers that can't be")
    return found


def _correction(manifest: LocalManifest, folder: Path) -> Correction:
    found = artefact.arrays(folder / CORRECTION, manifest.correction_digest, ("columns", "weights"))
    columns, weights = found["columns"], found["weights"]
    sound = (
        columns.dtype == np.int32
        and weights.dtype == np.float32
        and columns.ndim == 1
        and weights.shape == (len(columns), len(LABELS))
        and (not len(columns) or (columns.min() >= 0 and columns.max() < features.DIMENSION))
        and bool(np.isfinite(weights).all())
    )
    if not sound:
        raise ArtefactError(f"{folder.name}: its correction doesn't fit this code")
    return Correction(columns, weights, manifest.shifts, manifest.curves, manifest.languages)


def _languages(raw: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Curve]]:
    found = {
        code: {label: (float(slope), float(shift)) for label, (slope, shift) in own.items()}
        for code, own in raw.items()
    }
    if not all(own.keys() <= set(LABELS) for own in found.values()):
        raise ValueError("a curve for no label")
    return found
