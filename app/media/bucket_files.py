"""The files of pictures in a bucket. What is being made lies on disk until it is settled; what is played, or sealed, is
copied to disk and dropped again when nobody asks for it. What wasn't moved to the bucket yet is given from disk.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from app.media.files import MediaFiles
from app.media.shapes import FILM, SOUND, SOURCE, file_name, name_of
from app.objects.bucket import Bucket, BucketError

log = structlog.get_logger()
UNASKED: Final = timedelta(hours=6)
"""A copy that nobody asked for as long is dropped."""
_TYPES: Final = {file_name(FILM): "video/mp4", file_name(SOUND): "audio/mpeg"}
_PICTURE: Final = "image/webp"


class BucketFiles(MediaFiles):
    """A folder of a bucket, laid out as it is on disk. Raises OSError where the store doesn't answer.

    `root` is where the files lie on disk that aren't in the bucket (yet), `copies` where those lie that are played.
    Copies have `room` bytes at most, but for the one that was asked for last. What can't be removed now is noted under
    `left`, and removed by `sweep`.
    """

    def __init__(self, root: Path, bucket: Bucket, folder: str, copies: Path, left: Path, room: int) -> None:
        super().__init__(root)
        self._bucket, self._name, self._room = bucket, folder, room
        self._copies, self._left = MediaFiles(copies), left

    def write(self, key: str, files: Mapping[str, bytes]) -> None:
        """Keep the files of a key. Raises OSError; what was written then is under no name that counts."""
        for name, body in files.items():
            self._note_of(key, file_name(name)).unlink(missing_ok=True)
            self._bucket.put(self._object(key, file_name(name)), body, _PICTURE)

    def place(self, key: str, name: str) -> Path:
        """Where a file is on this disk, copied from the bucket if need be, or is to be written and then settled."""
        path = super().place(key, name)
        if name == SOURCE or path.is_file():
            return path
        copy = self._copies.place(key, name)
        if copy.is_file():
            os.utime(copy)
            return copy
        if not self._bucket.fetch(self._object(key, file_name(name)), copy):
            return path
        self._make_room(copy)
        return copy

    def read(self, key: str, name: str) -> bytes | None:
        """A file; None where it's gone."""
        if name == SOURCE:
            return super().read(key, name)
        body = self._bucket.get(self._object(key, file_name(name)))
        return body if body is not None else super().read(key, name)

    def remove(self, key: str, names: Iterable[str]) -> None:
        """Forget the files of a key. Where the store doesn't answer they go later, and nothing leads to them."""
        wanted = [*names]
        super().remove(key, wanted)
        self._copies.remove(key, wanted)
        try:
            there = {name for name, _size in self._bucket.listed(self._object(key, ""))}
            for name in sorted(there & {self._object(key, file_name(one)) for one in wanted}):
                self._bucket.remove(name)
        except BucketError as error:
            log.error("media_not_removed", key=key, error=str(error))
            self._note(key, wanted)

    def all_of(self, key: str) -> list[Path]:
        """Where the files of a key are, or will be once `place` is asked for them: a path below `root` for each."""
        stored = {Path(name).name for name, _size in self._bucket.listed(self._object(key, ""))}
        return sorted(self._folder(key) / name for name in stored | {path.name for path in super().all_of(key)})

    def may_be(self, key: str, names: Iterable[str]) -> list[Path]:
        """On disk what is there; in the bucket each of `names`: whether it is there is asked by who reads it."""
        stored = {f"{key}-{file_name(name)}" for name in names}
        return sorted(self._folder(key) / name for name in stored | {path.name for path in super().all_of(key)})

    def sizes(self, key: str) -> dict[str, int]:
        """How many bytes the files of a key have, in the bucket or still on disk."""
        found = {Path(name).name: size for name, size in self._bucket.listed(self._object(key, ""))}
        found |= {path.name: path.stat().st_size for path in super().all_of(key)}
        return {name_of(name.removeprefix(f"{key}-")): size for name, size in found.items()}

    def settle(self, key: str) -> None:
        """What was written to its `place` goes to the bucket. Raises OSError; it may be asked for again then."""
        for path in super().all_of(key):
            if path.name != f"{key}-{file_name(SOURCE)}" and path.suffix != ".part":
                self.take(path)

    def take(self, path: Path) -> None:
        """One file from this disk goes to the bucket, and leaves the disk once it is known to be there whole."""
        key, _, file = path.name.partition("-")
        name, size = self._object(key, file), path.stat().st_size
        self._note_of(key, file).unlink(missing_ok=True)
        if self._bucket.size(name) != size:
            self._bucket.put(name, path, _TYPES.get(file, _PICTURE))
            if self._bucket.size(name) != size:
                raise BucketError(f"S3 holds another size of {name} than was sent")
        path.unlink(missing_ok=True)

    def give(self, name: str, size: int) -> None:
        """One object goes from the bucket to this disk, and leaves the bucket once it is there whole."""
        file = Path(name).name
        path = self._folder(file.partition("-")[0]) / file
        if not (path.is_file() and path.stat().st_size == size):
            self._bucket.fetch(name, path)
            if path.stat().st_size != size:
                raise BucketError(f"{name} came with another size than it has")
        self._bucket.remove(name)

    def stored(self) -> Iterator[tuple[str, int]]:
        """Every object of this folder, with its size in bytes."""
        return self._bucket.listed(f"{self._name}/")

    def sweep(self, now: datetime) -> int:
        """Remove what couldn't be removed, and drop copies that nobody asks for; how many of the former."""
        for copy in self._copies.all():
            if datetime.fromtimestamp(copy.stat().st_mtime, now.tzinfo) < now - UNASKED:
                copy.unlink(missing_ok=True)
        gone = 0
        for note in sorted(self._left.glob(f"{self._name}-*")) if self._left.is_dir() else ():
            if not note.exists():
                continue  # it was written anew meanwhile, and is to stay
            _folder, _, rest = note.name.partition("-")
            key, _, file = rest.partition("-")
            self._bucket.remove(self._object(key, file))
            note.unlink(missing_ok=True)
            gone += 1
        return gone

    def _make_room(self, newest: Path) -> None:
        """Copies that nobody asked for the longest go first. Who plays one has it open, or has it copied again."""
        found = []
        for copy in self._copies.all():
            with suppress(FileNotFoundError):  # somebody else made room
                if copy.suffix != ".part" and copy != newest:
                    found.append((copy.stat().st_mtime, copy.stat().st_size, copy))
        taken = newest.stat().st_size + sum(size for _asked, size, _copy in found)
        for _asked, size, copy in sorted(found):
            if taken <= self._room:
                return
            copy.unlink(missing_ok=True)
            taken -= size

    def _note(self, key: str, names: Iterable[str]) -> None:
        self._left.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in names:
            self._note_of(key, file_name(name)).touch()

    def _note_of(self, key: str, file: str) -> Path:
        """That a file is to be removed, and couldn't be: what is written again is not."""
        return self._left / f"{self._name}-{key}-{file}"

    def _object(self, key: str, file: str) -> str:
        return f"{self._name}/{key[:2]}/{key}-{file}"
