"""Moves media between the disk and the bucket, file by file: each is there whole before it goes where it was.

Whoever asks for a file meanwhile is given it from wherever it is. What waits to be made stays on disk.
"""

from __future__ import annotations

from pathlib import Path

from app.media import where
from app.media.shapes import SOURCE, file_name
from app.settings import Settings

Moved = tuple[int, int]
"""How many files, and their bytes."""


def to_bucket(settings: Settings, *, dry_run: bool = False) -> Moved:
    """Everything that lies on disk. Raises OSError; what was moved until then stays moved."""
    files = size = 0
    for folder, name in zip(where.in_bucket(settings), where.FOLDERS, strict=True):
        for path in where.on_disk(settings.data_dir, name).all():
            if _is_to_be_moved(path):
                files, size = files + 1, size + path.stat().st_size
                if not dry_run:
                    folder.take(path)
    return files, size


def to_disk(settings: Settings, *, dry_run: bool = False) -> Moved:
    """Everything that lies in the bucket. Raises OSError; what was moved until then stays moved."""
    files = size = 0
    for folder in where.in_bucket(settings):
        for name, length in folder.stored():
            files, size = files + 1, size + length
            if not dry_run:
                folder.give(name, length)
    return files, size


def _is_to_be_moved(path: Path) -> bool:
    return path.suffix != ".part" and not path.name.endswith(f"-{file_name(SOURCE)}")
