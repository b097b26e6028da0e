"""Where media lie: on disk, or in a bucket where `OSTIARY_S3_URL` names one."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from app.media.files import MediaFiles
from app.media.shapes import name_of
from app.objects.place import Place
from app.settings import Settings

if TYPE_CHECKING:
    from app.media.bucket_files import BucketFiles

FOLDERS: Final = ("here", "elsewhere")
"""What members sent, which nobody can give back; and what was fetched."""


def here(settings: Settings) -> MediaFiles:
    """The files of uploads and of the house's emojis."""
    return _folder(settings, "here")


def elsewhere(settings: Settings) -> MediaFiles:
    """The files of what came from elsewhere. May be lost, but for evidence."""
    return _folder(settings, "elsewhere")


def in_bucket(settings: Settings) -> list[BucketFiles]:
    """Both folders of the bucket; none where media lie on disk."""
    return [] if settings.s3 is None else [_in_bucket(settings, settings.s3, name) for name in FOLDERS]


def read(settings: Settings, plain: str) -> bytes | None:
    """A file by its path below the data directory, as `all_of` gave it, wherever it lies now; None where it is gone."""
    files, key, name = _at(settings, plain)
    return files.read(key, name)


def write(settings: Settings, plain: str, body: bytes) -> None:
    """Put it back there. Raises OSError."""
    files, key, name = _at(settings, plain)
    files.write(key, {name: body})


def remove(settings: Settings, plain: str) -> None:
    """It lies nowhere any more."""
    files, key, name = _at(settings, plain)
    files.remove(key, (name,))


def _at(settings: Settings, plain: str) -> tuple[MediaFiles, str, str]:
    path = PurePosixPath(plain)
    key, _, file = path.name.partition("-")
    return _folder(settings, path.parts[1]), key, name_of(file)


def on_disk(data_dir: Path, name: str) -> MediaFiles:
    """One of FOLDERS on this disk, wherever media lie else."""
    return MediaFiles(_root(data_dir) / name)


def _folder(settings: Settings, name: str) -> MediaFiles:
    return on_disk(settings.data_dir, name) if settings.s3 is None else _in_bucket(settings, settings.s3, name)


def _in_bucket(settings: Settings, place: Place, name: str) -> BucketFiles:
    from app.media.bucket_files import BucketFiles  # who keeps to the disk loads no client
    from app.objects import bucket

    media = _root(settings.data_dir)
    room = settings.media_cache_bytes // (2 * len(FOLDERS))
    return BucketFiles(media / name, bucket.of(place), name, media / "copies" / name, media / "to-remove", room)


def _root(data_dir: Path) -> Path:
    return data_dir / "media"
