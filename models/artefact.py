"""The files of a text model: arrays in npz, all else in a JSON manifest that names each file's SHA-256.

Nothing is loaded before its digest was checked; nothing is ever unpickled.
"""

import hashlib
import io
import json
import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models import features, pinned
from models.errors import ArtefactAlteredError, ArtefactError
from models.labels import LABELS
from models.language import LanguageTable
from models.vocabulary import WORDS_FILE

MANIFEST: Final = "manifest.json"
WEIGHTS: Final = "weights.npz"
LANGUAGE: Final = "language.npz"
_MOST_BYTES: Final = 32_000_000
_MOST_UNPACKED: Final = 128_000_000


@dataclass(frozen=True)
class Lines:
    """Scores of one label: above `hold` (or `label`) lie at most one harmless text in `hold_one_in` (`label_one_in`).

    Labels that share a budget have each a part of it. `exceeded` of `harmless` texts that the model had not seen
    were above the hold line when it was drawn.
    """

    hold: float
    label: float
    hold_one_in: int
    label_one_in: int
    harmless: int
    exceeded: int


@dataclass(frozen=True)
class Manifest:
    """What is known of a version besides its arrays."""

    version: str
    form: int
    """The format of its features."""
    languages: tuple[str, ...]
    lines: Mapping[str, Lines]
    calibration: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]]
    """Per label, log-odds as the model gives them and the log-odds that they turned out to mean."""
    intercepts: tuple[float, ...]
    scales: tuple[float, ...]
    language_scale: float
    files: Mapping[str, str]
    words: str
    """SHA-256 of the word list that normalisation used."""
    trained_on: Mapping[str, int]
    seed: int


@dataclass(frozen=True)
class Artefact:
    """A text model as read from its folder; `weights` is (DIMENSION, labels) int16."""

    manifest: Manifest
    weights: npt.NDArray[np.int16]
    language: LanguageTable


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def version_digest(folder: Path) -> str:
    """One digest for a whole version: that of its manifest, which names all others."""
    return digest(_read(folder / MANIFEST))


def verify(folder: Path) -> Manifest:
    """The manifest of a version whose every file is as it names it, and which is the one that was shipped; raises
    ArtefactError."""
    data = _read(folder / MANIFEST)
    pinned.check(folder, digest(data))
    manifest = _manifest(data)
    if manifest.version != folder.name:
        raise ArtefactAlteredError(f"{folder.name}: its manifest is that of another version")
    if not {WEIGHTS, LANGUAGE} <= manifest.files.keys():
        raise ArtefactError(f"{folder.name}: its manifest doesn't name the files that a model has")
    for name, expected in manifest.files.items():
        if Path(name).name != name:
            raise ArtefactError(f"{folder.name}: {name!r} is not a file's name")
        _checked(folder / name, expected)
    if digest(_read(WORDS_FILE)) != manifest.words:
        raise ArtefactAlteredError(f"{folder.name} was trained with another word list than is here")
    return manifest


def read(folder: Path) -> Artefact:
    """A version from its folder; raises ArtefactError where a file is missing, altered or of another shape."""
    manifest = verify(folder)
    weights = _arrays(_checked(folder / WEIGHTS, manifest.files[WEIGHTS]), ("weights",), folder)["weights"]
    names = ("codes", "keys", "weights", "prior")
    language = _arrays(_checked(folder / LANGUAGE, manifest.files[LANGUAGE]), names, folder)
    if weights.shape != (features.DIMENSION, len(LABELS)) or weights.dtype != np.int16:
        raise ArtefactError(f"{folder.name}: weights of shape {weights.shape} don't fit this code")
    table = LanguageTable(
        codes=tuple(str(code) for code in language["codes"]),
        keys=language["keys"],
        weights=language["weights"],
        scale=manifest.language_scale,
        prior=language["prior"],
    )
    if not _fits(table, manifest):
        raise ArtefactError(f"{folder.name}: its language table doesn't fit this code")
    return Artefact(manifest, weights, table)


def write(folder: Path, manifest: Manifest, weights: npt.NDArray[np.int16], language: LanguageTable) -> Manifest:
    """Write a version; returns the manifest with the digests filled in."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        WEIGHTS: _npz(weights=weights),
        LANGUAGE: _npz(
            codes=np.array(language.codes), keys=language.keys, weights=language.weights, prior=language.prior
        ),
    }
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    files = {name: digest(data) for name, data in contents.items()}
    values = asdict(manifest) | {"files": files, "words": digest(_read(WORDS_FILE))}
    written = {"format": values.pop("form"), "labels": LABELS} | values
    text = json.dumps(written, indent=1, sort_keys=True, ensure_ascii=False)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
    return _manifest(text.encode())


def object_of(path: Path) -> dict[str, Any]:
    """A small JSON object from a file; raises ArtefactError."""
    try:
        raw = json.loads(_read(path))
    except (ValueError, RecursionError) as error:
        raise ArtefactError(f"{path.name} can't be read") from error
    if not isinstance(raw, dict):
        raise ArtefactError(f"{path.name} holds no object")
    return raw


def arrays(path: Path, expected: str, names: tuple[str, ...]) -> dict[str, npt.NDArray[Any]]:
    """Arrays from a file that has this SHA-256; raises ArtefactError."""
    return _arrays(_checked(path, expected), names, path.parent)


def _npz(**arrays: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ArtefactError(f"{path.name} is larger than any artefact may be")
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path.parent.name}: {path.name} can't be read") from error


def _checked(path: Path, expected: str) -> bytes:
    data = _read(path)
    if digest(data) != expected:
        raise ArtefactAlteredError(f"{path.parent.name}: {path.name} is not the file that the manifest names")
    return data


def _fits(table: LanguageTable, manifest: Manifest) -> bool:
    """Whether a language table is one that the detector can't stumble over."""
    size, languages = len(table.keys), len(table.codes)
    return (
        size > 0
        and table.keys.dtype == np.uint64
        and bool(np.all(table.keys[:-1] < table.keys[1:]))
        and table.weights.dtype == np.int8
        and table.weights.shape == (size, languages)
        and table.prior.shape == (languages,)
        and bool(np.isfinite(table.prior).all())
        and len(manifest.languages) > 0
        and set(manifest.languages) <= set(table.codes)
    )


def _arrays(data: bytes, names: tuple[str, ...], folder: Path) -> dict[str, npt.NDArray[Any]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(item.file_size for item in packed.infolist()) > _MOST_UNPACKED:
                raise ArtefactError(f"{folder.name}: an array file unpacks to more than any artefact may")
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in names}
    except (*_BROKEN, KeyError, ValueError, OSError, EOFError) as error:
        raise ArtefactError(f"{folder.name}: an array file can't be read: {error}") from error


_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    TokenError,
    SyntaxError,
    MemoryError,
    NotImplementedError,
    RuntimeError,
)
"""What else comes of an archive that is none."""


def _manifest(data: bytes) -> Manifest:
    try:
        raw = json.loads(data)
        if raw["format"] not in features.READABLE or tuple(raw["labels"]) != LABELS:
            raise ArtefactError("the artefact is of another format than this code reads")
        manifest = Manifest(
            version=str(raw["version"]),
            form=int(raw["format"]),
            languages=tuple(raw["languages"]),
            lines={label: Lines(**raw["lines"][label]) for label in LABELS},
            calibration={label: _curve(raw["calibration"][label]) for label in LABELS},
            intercepts=tuple(float(x) for x in raw["intercepts"]),
            scales=tuple(float(x) for x in raw["scales"]),
            language_scale=float(raw["language_scale"]),
            files=dict(raw["files"]),
            words=str(raw["words"]),
            trained_on=dict(raw["trained_on"]),
            seed=int(raw["seed"]),
        )
        finite = all(math.isfinite(x) for x in _numbers(manifest))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError, OverflowError) as error:
        raise ArtefactError(f"the manifest can't be read: {error!r}") from error
    if not finite:
        raise ArtefactError("the manifest holds numbers that are not finite")
    if len(manifest.intercepts) != len(LABELS) or len(manifest.scales) != len(LABELS):
        raise ArtefactError("the manifest has not one number for each label")
    return manifest


def _numbers(manifest: Manifest) -> Iterator[float]:
    """Every number that scores or lines are made of."""
    yield from (*manifest.intercepts, *manifest.scales, manifest.language_scale)
    for line in manifest.lines.values():
        yield from (line.hold, line.label)
    for given, meant in manifest.calibration.values():
        yield from (*given, *meant)


def _curve(raw: list[list[float]]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    given, meant = ([float(x) for x in part] for part in raw)
    if not given or len(given) != len(meant) or sorted(given) != given:
        raise ValueError("a calibration curve is not one")
    return tuple(given), tuple(meant)
