"""The digests of the manifests of what is shipped, in one file beside them: a manifest names every file but itself.

A server's own versions are pinned by the row that puts them in use, and what lies in a folder without this file by
nobody: it was just trained, or belongs to a test. `python -m models.pinned` writes it anew for what lies here, which
is for who has looked at it.
"""

import hashlib
import json
from pathlib import Path
from typing import Final

from models.errors import ArtefactAlteredError, ArtefactError

SHIPPED: Final = Path(__file__).parent / "artefacts"
FILE: Final = "manifests.json"
_MANIFEST: Final = "manifest.json"


def check(folder: Path, digest: str) -> None:
    """Raises ArtefactError unless the manifest of a shipped version, by its SHA-256, is the one that was shipped."""
    root = folder.parent
    if not (root / FILE).exists() and root != SHIPPED:
        return
    known = _known(root)
    if folder.name not in known:
        raise ArtefactError(f"{folder.name} isn't among the versions that {FILE} names")
    if known[folder.name] != digest:
        raise ArtefactAlteredError(f"{folder.name}: its manifest is not the one that was shipped")


def add(folder: Path) -> None:
    """Name a version that was just written, where its folder has such a file."""
    if (folder.parent / FILE).exists():
        _write(folder.parent, _known(folder.parent) | {folder.name: _digest(folder)})


def _known(root: Path) -> dict[str, str]:
    try:
        known = json.loads((root / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ArtefactError(f"{FILE} can't be read") from error
    if not isinstance(known, dict):
        raise ArtefactError(f"{FILE} holds no digests")
    return known


def _digest(folder: Path) -> str:
    return hashlib.sha256((folder / _MANIFEST).read_bytes()).hexdigest()


def _write(root: Path, known: dict[str, str]) -> None:
    new = root / f".{FILE}.new"
    new.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    new.replace(root / FILE)


def main() -> None:
    """Name everything that lies here, as it is."""
    _write(SHIPPED, {path.parent.name: _digest(path.parent) for path in SHIPPED.glob(f"*/{_MANIFEST}")})


if __name__ == "__main__":
    main()
