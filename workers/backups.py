"""Backups: the SQLite database copied while it is in use, and the data directory's files, in one tar file."""

from __future__ import annotations

import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from app.media import where
from app.settings import Settings
from app.uploads import places

DATABASE = "ostiary.sqlite3"
LEFT_OUT = frozenset(
    {"logs", "metrics", "media", "run.lock", "valkey.sock", DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"}
)
"""What a start makes anew, pictures that can be fetched again, and the live database: a copy goes in instead."""


class BackupError(Exception):
    """It can't be done; the text is one line."""


def backup(settings: Settings, file: Path) -> list[str]:
    """Write a backup of SQLite and files; the names inside. Raises BackupError."""
    if not settings.sqlite:
        raise BackupError(
            "the database isn't in the data directory: back it up with pg_dump, and copy the data directory"
        )
    live = settings.data_dir / DATABASE
    if not live.exists():
        raise BackupError(f"there is no database in {settings.data_dir}")
    partial = file.with_name(f"{file.name}.partial")
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        copy = Path(folder) / DATABASE
        copy_database(live, copy)
        partial.unlink(missing_ok=True)
        # closed to others from its first byte on: it holds keys and what members said in private
        with _private(partial) as raw, tarfile.open(fileobj=raw, mode="w:gz") as tar:
            tar.add(copy, DATABASE)
            for path in sorted(settings.data_dir.iterdir()):
                if path.name not in LEFT_OUT and path != Path(folder) and not path.is_socket() and path != partial:
                    tar.add(path, path.name)
            for path in [*_evidence(settings.data_dir, copy), *places.files(settings.data_dir).all()]:
                tar.add(path, path.relative_to(settings.data_dir))
            names = _named(tar.getnames())
    partial.replace(file)
    return names


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _evidence(data_dir: Path, copy: Path) -> list[Path]:
    """The pictures that are evidence in a case: their posts may be gone, so they can't be fetched again."""
    with closing(sqlite3.connect(copy)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'cached_media'").fetchone():
            return []
        keys = {key for (key,) in database.execute("SELECT key FROM cached_media WHERE kept_until IS NOT NULL")}
    files = where.on_disk(data_dir, "elsewhere")
    return sorted(path for key in keys for path in files.all_of(key))


def _named(names: Sequence[str]) -> list[str]:
    """What was written, for a person: one word for all pictures."""
    plain = [name for name in names if not name.startswith("media/")]
    return [*plain, "media"] if len(plain) < len(names) else plain


def copy_database(live: Path, copy: Path) -> None:
    """SQLite's online backup: one consistent moment, while others read and write."""
    with closing(sqlite3.connect(live)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def restore(settings: Settings, file: Path) -> list[str]:
    """Unpack a backup into an empty data directory; the names inside. Raises BackupError."""
    home = settings.data_dir
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(home.iterdir()):
        raise BackupError(f"{home} isn't empty; restore into a new directory, so that nothing is written over")
    try:
        with tarfile.open(file, "r:gz") as tar:
            members = tar.getmembers()
            _require_plain(file, members)
            tar.extractall(home, members, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupError(f"{file} can't be read as a backup: {error}") from error
    home.chmod(0o700)
    check(home / DATABASE)
    return [member.name for member in members]


def _require_plain(file: Path, members: Sequence[tarfile.TarInfo]) -> None:
    """Raises BackupError before anything is written, unless it is files and directories below the data directory.

    Python's own filter refuses more of the like, but let links out in some versions that we run on; and a backup
    of ours has no links.
    """
    if not any(member.name == DATABASE and member.isreg() for member in members):
        raise BackupError(f"{file} isn't a backup of Ostiary: it holds no {DATABASE}")
    for member in members:
        path = PurePosixPath(member.name)
        if not (member.isreg() or member.isdir()) or path.is_absolute() or ".." in path.parts:
            raise BackupError(f"{file} isn't a backup of Ostiary: it holds {member.name!r}, which can't be in one")


def check(database: Path) -> None:
    """Raises BackupError unless SQLite finds the file whole."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            answer = connection.execute("PRAGMA integrity_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the database in the backup is damaged: {error}") from error
    if answer != ("ok",):
        raise BackupError(f"the database in the backup is damaged: {answer}")
