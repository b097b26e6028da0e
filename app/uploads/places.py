"""Where uploads lie: their addresses, which other servers are given, and their files on disk."""

from __future__ import annotations

from pathlib import Path

from app.media.files import MediaFiles
from app.media.links import ROOT
from app.media.shapes import ORIGINAL
from app.settings import Settings

UPLOADS = f"{ROOT}/uploads"
KEY_BYTES = 24
_KEY_LENGTH = KEY_BYTES * 2


def address(settings: Settings, key: str) -> str:
    """The address of an upload for good: it leads somewhere while something that is shown shows it."""
    return f"{settings.base_url}{UPLOADS}/{key}/{ORIGINAL}.webp"


def key_of(settings: Settings, url: str) -> str | None:
    """The key of an address of ours; None for any other."""
    start, end = f"{settings.base_url}{UPLOADS}/", f"/{ORIGINAL}.webp"
    if not (url.startswith(start) and url.endswith(end)):
        return None
    key = url[len(start) : -len(end)]
    return key if len(key) == _KEY_LENGTH and all(char in "0123456789abcdef" for char in key) else None


def files(data_dir: Path) -> MediaFiles:
    """The files of uploads. Unlike those from elsewhere, nobody can give them back."""
    return MediaFiles(data_dir / "media" / "here")
