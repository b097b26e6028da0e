"""Where uploads lie: their addresses, which other servers are given, and their files on disk."""

from __future__ import annotations

from pathlib import Path

from app.media import where
from app.media.files import MediaFiles
from app.media.links import ROOT
from app.media.shapes import FILM, ORIGINAL, SOUND, file_name
from app.settings import Settings
from app.uploads.tables import UploadKind

UPLOADS = f"{ROOT}/uploads"
EMOJIS = f"{ROOT}/house-emojis"
KEY_BYTES = 24
_KEY_LENGTH = KEY_BYTES * 2


MAIN = {UploadKind.IMAGE: ORIGINAL, UploadKind.VIDEO: FILM, UploadKind.AUDIO: SOUND}
"""The file that an upload is about."""
_ENDS = tuple(f"/{file_name(name)}" for name in MAIN.values())


def path(kind: UploadKind = UploadKind.IMAGE) -> str:
    """What follows the key in an address."""
    return f"/{file_name(MAIN[kind])}"


def address(settings: Settings, key: str, kind: UploadKind = UploadKind.IMAGE) -> str:
    """The address of an upload for good: it leads somewhere while something that is shown shows it."""
    return f"{settings.base_url}{UPLOADS}/{key}{path(kind)}"


def emoji_address(settings: Settings, key: str, file: str = ORIGINAL) -> str:
    """The address of one of the house's emojis, which everybody may have."""
    return f"{settings.base_url}{EMOJIS}/{key}/{file_name(file)}"


def key_of(settings: Settings, url: str) -> str | None:
    """The key of an address of ours, of an upload or an emoji; None for any other."""
    start = next((s for root in (UPLOADS, EMOJIS) if url.startswith(s := f"{settings.base_url}{root}/")), None)
    end = next((end for end in _ENDS if url.endswith(end)), None)
    if start is None or end is None:
        return None
    key = url[len(start) : -len(end)]
    return key if len(key) == _KEY_LENGTH and all(char in "0123456789abcdef" for char in key) else None


def files(data_dir: Path) -> MediaFiles:
    """The files of uploads. Unlike those from elsewhere, nobody can give them back."""
    return where.on_disk(data_dir, "here")
