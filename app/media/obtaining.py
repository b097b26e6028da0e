"""From a picture that may be shown to its file: from disk, or fetched, drawn anew and kept. Runs in threads."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from app.errors import RateLimitedError
from app.federation.wire.errors import FetchError, FetchTimeoutError, GoneError, RefusedUrlError, UnreachableError
from app.federation.wire.fetching import Avoids, Kind
from app.media import allowed, arriving, cache, process, seeing, where
from app.media.cache import Drawn, Picture
from app.media.files import MediaFiles
from app.media.hosts import HostBusyError, Hosts
from app.media.process import NotDrawnError
from app.media.recordings import wanting
from app.media.recordings.wanting import TooManyError
from app.media.shapes import Shape, names
from app.media.tables import CachedMediaRow, MediaState
from app.services import Services
from app.stores.budgets import MEDIA_BY_HOST, Budgets
from app.uploads import keeping, places
from moderation.domains.rules import DomainRules

log = structlog.get_logger()
GONE_FOR = timedelta(days=1)
BEING_MADE = "media_being_made"
USED_GRAIN = timedelta(days=1)


class NoPictureError(Exception):
    """It can't be had. `retry_after`: seconds until asking again makes sense; None: hardly ever."""

    def __init__(self, code: str, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code, self.retry_after = code, retry_after


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
        self._hosts = Hosts(services.clock)
        self._budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
        self._lock = threading.Lock()
        self._underway: dict[str, Future[None]] = {}

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
                keeping.hold_by_key(session, key, self._services.clock.now())

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
            self._fetch(picture)
            underway.set_result(None)
        except BaseException as error:
            underway.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._underway[picture.key]

    def _fetch(self, picture: Picture) -> None:
        try:
            with self._hosts.asking(picture.host):
                self._budgets.spend(MEDIA_BY_HOST, picture.host)
                fetched = self._services.fetcher.get(picture.url, Kind.PICTURE, avoids=self._avoided(picture))
                self._hosts.answered(picture.host)
                drawn = process.draw(fetched.body, picture.shape)
        except HostBusyError as error:
            raise NoPictureError("media_host_busy", error.retry_after) from error
        except RateLimitedError as error:
            raise NoPictureError("media_host_busy", error.retry_after) from error
        except (FetchError, NotDrawnError) as error:
            raise self._failed(picture, error) from error
        made = seeing.digests(fetched.body)
        drawn = replace(drawn, seen=seeing.look(self._services.tools.image_model, made, drawn.glimpses))
        if seeing.failed(drawn.seen):
            raise NoPictureError("media_not_judged", retry_after=60)
        self._keep(picture, drawn)
        log.info("media_fetched", host=picture.host, shape=picture.shape.value, bytes=len(fetched.body))

    def _keep(self, picture: Picture, drawn: Drawn) -> None:
        """Nobody is shown it before it was compared with the lists, and what shows it judged again if it speaks."""
        if picture.shape is Shape.EMOJI and arriving.is_barred(self._services, picture, drawn):
            raise self._failed(picture, NotDrawnError("listed"))
        self._write(picture, drawn)
        try:
            spoke = arriving.arrive(self._services, picture, drawn)
        except arriving.UnjudgedError as error:
            self._files.remove(picture.key, names(picture.shape))
            raise NoPictureError("media_not_judged", retry_after=60) from error
        if spoke and not picture.evidence:
            raise NoPictureError("media_judged_again", retry_after=1)  # whether it may be shown is asked anew

    def _avoided(self, picture: Picture) -> Avoids | None:
        """Hosts whose pictures nobody is shown, whatever redirects there; what is evidence is had from anywhere."""
        if picture.evidence:
            return None
        with self._services.db.read() as session:
            return functools.partial(allowed.is_kept_out, DomainRules.load(session))

    def _write(self, picture: Picture, drawn: Drawn) -> None:
        try:
            self._files.write(picture.key, drawn.files)
        except OSError as error:  # a full disk, most likely: an admin reads it in the log, and the picture comes later
            log.error("media_not_kept", host=picture.host, error=str(error))
            raise NoPictureError("media_not_kept", retry_after=60) from error

    def _failed(self, picture: Picture, error: FetchError | NotDrawnError) -> NoPictureError:
        code, wait = _meaning(error)
        if isinstance(error, UnreachableError | FetchTimeoutError) or getattr(error, "costly", False):
            self._hosts.failed(picture.host)
        now = self._services.clock.now()
        with self._services.db.write() as session:
            retry_at = cache.fail(session, picture, code, wait, now)
        self._files.remove(picture.key, names(picture.shape))
        log.info("media_failed", host=picture.host, shape=picture.shape.value, error=code, text=str(error))
        return NoPictureError(code, int((retry_at - now).total_seconds()))


def _meaning(error: FetchError | NotDrawnError) -> tuple[str, timedelta | None]:
    """A word for the row, and how long not to ask; None: longer each time."""
    if isinstance(error, NotDrawnError):
        return "no_picture", cache.NEVER_A_PICTURE
    if isinstance(error, GoneError):
        return error.code, GONE_FOR
    return error.code, cache.NEVER_A_PICTURE if error.permanent else None
