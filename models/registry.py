"""Which versions of the text model are here, and which one is current."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models import artefact
from models.artefact import Manifest
from models.errors import ArtefactError, UnknownVersionError

SHIPPED: Final = Path(__file__).parent / "artefacts"
CARDS: Final = Path(__file__).parent / "cards"
_CURRENT: Final = "current.json"
_PREFIX: Final = "text-"


@dataclass(frozen=True)
class Version:
    """One version of the text model and where it is."""

    name: str
    folder: Path
    current: bool

    def manifest(self) -> Manifest:
        """Its manifest, every file checked against it; raises ArtefactError."""
        return artefact.verify(self.folder)

    def digest(self) -> str:
        """One digest for the whole version."""
        return artefact.version_digest(self.folder)

    def report(self) -> dict[str, Any]:
        """What was measured when it was trained, as the model's page shows it; raises ArtefactError."""
        try:
            report = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ArtefactError(f"{self.name}: its report can't be read") from error
        return dict(report)

    def card(self, language: str = "en") -> str:
        """Its card in Markdown, in English or French; raises ArtefactError."""
        text = _card_text(self.name)
        english, _, french = text.partition("\n<!-- fr -->\n")
        return french if language.startswith("fr") and french else english


def _card_text(name: str) -> str:
    try:
        return (CARDS / f"{name}.md").read_text(encoding="utf-8")
    except OSError as error:
        raise ArtefactError(f"{name}: it has no card") from error


def versions(root: Path = SHIPPED) -> list[Version]:
    """Every version in a folder, oldest name first."""
    chosen = _current_name(root)
    folders = sorted(path for path in root.glob(f"{_PREFIX}*") if (path / artefact.MANIFEST).is_file())
    return [Version(path.name, path, path.name == chosen) for path in folders]


def current(root: Path = SHIPPED) -> Version:
    """The version in use; raises UnknownVersionError where none is chosen or it is gone."""
    for version in versions(root):
        if version.current:
            return version
    raise UnknownVersionError(f"no current text model in {root.name}")


def named(name: str, root: Path = SHIPPED) -> Version:
    """The version of a name; raises UnknownVersionError."""
    for version in versions(root):
        if version.name == name:
            return version
    raise UnknownVersionError(f"there is no version {name} here")


def promote(version: str, root: Path = SHIPPED) -> Version:
    """Make a version the current one, after checking every file of it; raises UnknownVersionError, ArtefactError."""
    found = named(version, root)
    artefact.verify(found.folder)
    new = root / f".{_CURRENT}.new"
    new.write_text(json.dumps({"current": version}) + "\n", encoding="utf-8")
    new.replace(root / _CURRENT)
    return Version(found.name, found.folder, current=True)


def _current_name(root: Path) -> str | None:
    try:
        raw = json.loads((root / _CURRENT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{_CURRENT} can't be read") from error
    name = raw.get("current") if isinstance(raw, dict) else None
    return name if isinstance(name, str) else None
