"""The files of pictures, on disk: written whole or not at all, and named by nothing that anybody sent."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path

from app.media.shapes import file_name, name_of


class MediaFiles:
    """A folder of files, spread over 256 folders. May be lost: everything in it can be fetched again, but evidence."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, key: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of a key. Raises OSError, and then nothing is there under a name that counts."""
        folder = self._folder(key)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, body in files.items():
            temporary = folder / f"{key}.{secrets.token_hex(4)}.part"
            try:
                temporary.write_bytes(body)
                temporary.replace(self._path(key, name))
            finally:
                temporary.unlink(missing_ok=True)

    def place(self, key: str, name: str) -> Path:
        """Where a file is, or would be: its folder is there."""
        self._folder(key).mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._path(key, name)

    def read(self, key: str, name: str) -> bytes | None:
        """A file; None where it's gone."""
        try:
            return self._path(key, name).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, key: str, names: Iterable[str]) -> None:
        """Forget the files of a key; it's no trouble if they are gone already."""
        for name in names:
            self._path(key, name).unlink(missing_ok=True)

    def all_of(self, key: str) -> list[Path]:
        """Where the files of a key are."""
        return sorted(self._folder(key).glob(f"{key}-*"))

    def may_be(self, key: str, names: Iterable[str]) -> list[Path]:
        """The same without asking anybody: in a write, which waits for nobody, also files that turn out not to be."""
        return self.all_of(key)

    def sizes(self, key: str) -> dict[str, int]:
        """How many bytes the files of a key have, by the names of their versions."""
        return {name_of(path.name.removeprefix(f"{key}-")): path.stat().st_size for path in self.all_of(key)}

    def settle(self, key: str) -> None:
        """What was written to its `place` is to stay: on a disk it does. Raises OSError where it can't be kept."""

    def all(self) -> list[Path]:
        """Where all files are."""
        return sorted(path for path in self._root.glob("*/*") if path.is_file())

    def _folder(self, key: str) -> Path:
        return self._root / key[:2]

    def _path(self, key: str, name: str) -> Path:
        return self._folder(key) / f"{key}-{file_name(name)}"
