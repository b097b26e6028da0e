"""The context model of one server, which is learnt there: where it lies, and the one copy of each process."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Final

from models import artefact, context
from models.context import ContextModel
from models.errors import ArtefactError

_CURRENT: Final = "current.json"

log = logging.getLogger(__name__)


def folder(data_dir: Path) -> Path:
    """Where a server's versions lie."""
    return data_dir / "models" / "context"


def put(data_dir: Path, model: ContextModel) -> None:
    """Write a version and let it be asked from the next post on."""
    place = context.save(folder(data_dir), model)
    digest = artefact.digest((place / artefact.MANIFEST).read_bytes())
    new = folder(data_dir) / f".{_CURRENT}.new"
    new.write_text(json.dumps({"version": model.version, "digest": digest}) + "\n", encoding="utf-8")
    new.replace(folder(data_dir) / _CURRENT)


def load(data_dir: Path) -> ContextModel | None:
    """The version that is asked; None before anything was learnt. Raises ArtefactError unless it is as it was put."""
    place = folder(data_dir)
    if not (place / _CURRENT).is_file():
        return None
    raw = artefact.object_of(place / _CURRENT)
    version, digest = str(raw.get("version")), raw.get("digest")
    if not version.startswith(context.PREFIX) or Path(version).name != version:
        raise ArtefactError(f"{_CURRENT} names no context model")
    try:
        manifest = (place / version / artefact.MANIFEST).read_bytes()
    except OSError as error:
        raise ArtefactError(f"{version} can't be read") from error
    if artefact.digest(manifest) != digest:
        raise ArtefactError(f"{version} isn't what was learnt")
    return context.load(place / version)


class ContextCache:
    """Reads the version again when another was put; one that can't be read is said once, and says nothing itself."""

    def __init__(self) -> None:
        self._seen: tuple[int, int] | None = None
        self._model: ContextModel | None = None

    def get(self, data_dir: Path | None) -> ContextModel | None:
        """The version that is asked, if there is one that can be."""
        if data_dir is None:
            return None
        seen = _stamp(folder(data_dir) / _CURRENT)
        if seen != self._seen:
            self._model = _tried(data_dir) if seen is not None else None
            self._seen = seen
        return self._model


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _tried(data_dir: Path) -> ContextModel | None:
    try:
        return load(data_dir)
    except ArtefactError as error:
        log.error("the context model can't be used: %s", error)
        return None
