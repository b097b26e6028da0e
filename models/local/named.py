"""The version of a name: a shipped one, or one of a server's own; each by the digest under which it was put in use."""

from __future__ import annotations

from pathlib import Path

from models import registry, textmodel
from models.errors import ArtefactAlteredError
from models.local import files
from models.textmodel import TextModel


def is_own(version: str) -> bool:
    """Whether it is a server's own, by its name."""
    return version.startswith(files.PREFIX)


def load(root: Path, version: str, digest: str | None) -> TextModel:
    """The model of a name, a server's own being in `root`. Raises UnknownVersionError, ArtefactError."""
    if is_own(version):
        return files.load(root / version, digest)
    found = registry.named(version)
    if digest is not None and found.digest() != digest:
        raise ArtefactAlteredError(f"{version}: its manifest is not the one that was put in use")
    return textmodel.load(found.folder)
