"""From a picture that may be shown to its file: from disk, or fetched first (app.media.fetching). Runs in threads."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from app.federation.wire.errors import RefusedUrlError
from app.media import cache, where
from app.media.cache import Picture
from app.media.errors import NoPictureError
from app.media.files import MediaFiles
from app.media.recordings import wanting
from app.media.recordings.wanting import TooManyError
from app.media.tables import CachedMediaRow, MediaState
from app.services import Services
from app.uploads import holding, places

if TYPE_CHECKING:
    from app.media.fetching import Fetching

BEING_MADE = "media_being_made"
USED_GRAIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class File:
    """What is served. `version` changes with the picture."""

    body: bytes
    version: str


class Pictures:
    """Pictures elsewhere, as this process may have them."""

    def __init__(self, services: Services, files: MediaFiles | None = None) -> None:
        self._services = services
        self._files = files or where.elsewhere(services.settings)
        self._uploads = where.here(services.settings)
        self._lock = threading.Lock()
        self._underway: dict[str, Future[None]] = {}
        self._fetching: Fetching | None = None

    def file(self, picture: Picture, name: str) -> File:
        """One version of a picture. Raises NoPictureError."""
        own = places.key_of(self._services.settings, picture.url)
        if own is not None:
            return self._of_member(picture, own, name)
        found = self._kept(picture, name)
        if found is not None:
            return found
        if picture.recording:
            raise NoPictureError("media_not_played")
        self._fetch_once(picture)
        found = self._kept(picture, name)
        if found is None:
            raise NoPictureError("media_lost", retry_after=60)
        return found

    def recording(self, picture: Picture, name: str) -> Path:
        """Where a film or sound lies. Raises NoPictureError; its code is BEING_MADE where it will be there soon."""
        own = places.key_of(self._services.settings, picture.url)
        if own is not None:
            path = self._uploads.place(own, name)
            self._hold(picture, own)
        else:
            path = self._recording_elsewhere(picture, name)
        if not path.is_file():
            raise NoPictureError("media_lost")
        return path

    def still(self, picture: Picture, name: str) -> File:
        """A version of a picture of a film's beginning, kept or made with the film. Raises as `recording` does."""
        own = places.key_of(self._services.settings, picture.url)
        if own is not None:
            return self._of_member(picture, own, name)
        begun = self._files.read(picture.key, name)
        with self._services.db.read() as session:
            row = cache.find(session, picture)
        if begun is not None and row is not None and row.state is MediaState.WANTED:
            return File(begun, f"{picture.key[:16]}-{name}")
        self._recording_elsewhere(picture, name)
        if begun is None:
            raise NoPictureError("media_lost")  # a sound that called itself a film
        return File(begun, f"{picture.key[:16]}-{name}")

    def _recording_elsewhere(self, picture: Picture, name: str) -> Path:
        """It is fetched when somebody wants to play it, by the worker; until then BEING_MADE."""
        now = self._services.clock.now()
        with self._services.db.read() as session:
            row = cache.find(session, picture)
        if row is not None and row.state is MediaState.READY:
            self._looked_at(picture, row, now)
            return self._files.place(row.key, name)
        if row is not None and row.state is MediaState.FAILED and row.retry_at is not None and row.retry_at > now:
            raise NoPictureError(row.error or "media_failed", int((row.retry_at - now).total_seconds()) + 1)
        try:
            wanting.want(self._services, picture)
        except TooManyError as error:
            raise NoPictureError("media_host_busy", 30) from error
        raise NoPictureError(BEING_MADE, 5)

    def _of_member(self, picture: Picture, key: str, name: str) -> File:
        """An upload lies here and is fetched from nowhere; what a moderator looks at is kept as evidence."""
        body = self._uploads.read(key, name)
        if body is None:
            raise NoPictureError("media_lost")
        self._hold(picture, key)
        return File(body, f"{key[:16]}-{name}")

    def _hold(self, picture: Picture, key: str) -> None:
        if picture.evidence:
            with self._services.db.write() as session:
                holding.hold_by_key(session, key, self._services.clock.now())

    def _kept(self, picture: Picture, name: str) -> File | None:
        """From disk; None where it has to be fetched. Raises NoPictureError for what failed not long ago."""
        now = self._services.clock.now()
        with self._services.db.read() as session:
            row = cache.find(session, picture)
        if row is None or row.state is MediaState.WANTED:
            return None
        if row.state is MediaState.FAILED:
            avoided = picture.evidence and row.error == RefusedUrlError.code  # where it leads, only moderators follow
            if row.retry_at is not None and row.retry_at > now and not avoided:
                raise NoPictureError(row.error or "media_failed", int((row.retry_at - now).total_seconds()) + 1)
            return None
        body = self._files.read(row.key, name)
        if body is None:
            return None
        self._looked_at(picture, row, now)
        return File(body, f"{(row.sha256 or '')[:16]}-{name}")

    def _looked_at(self, picture: Picture, row: CachedMediaRow, now: datetime) -> None:
        held = picture.evidence and (row.kept_until is None or row.kept_until < now + USED_GRAIN)
        if not held and row.used_at > now - USED_GRAIN:
            return
        with self._services.db.write() as session:
            cache.touch(session, picture, now)
            if picture.evidence:
                cache.hold(session, picture, now)

    def _to_fetch(self) -> Fetching:
        """What judges pictures takes more memory than all the rest of who shows them: loaded for the first of them."""
        with self._lock:
            if self._fetching is None:
                from app.media.fetching import Fetching

                self._fetching = Fetching(self._services, self._files)
            return self._fetching

    def _fetch_once(self, picture: Picture) -> None:
        """However many look at the same moment, it's fetched once: the others wait for the first."""
        with self._lock:
            underway = self._underway.get(picture.key)
            mine = underway is None
            if underway is None:
                underway = self._underway[picture.key] = Future()
        if not mine:
            underway.result()
            return
        try:
            self._to_fetch().fetch(picture)
            underway.set_result(None)
        except BaseException as error:
            underway.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._underway[picture.key]
