"""A picture elsewhere is fetched, drawn anew, judged and kept, before anybody is shown it. Runs in threads."""

from __future__ import annotations

import functools
from dataclasses import replace
from datetime import timedelta

import structlog

from app.errors import RateLimitedError
from app.federation.wire.errors import FetchError, FetchTimeoutError, GoneError, UnreachableError
from app.federation.wire.fetching import Avoids, Kind
from app.media import allowed, arriving, cache, process, seeing
from app.media.cache import Drawn, Picture
from app.media.errors import NoPictureError
from app.media.files import MediaFiles
from app.media.hosts import HostBusyError, Hosts
from app.media.process import NotDrawnError
from app.media.shapes import Shape, names
from app.services import Services
from app.stores.budgets import MEDIA_BY_HOST, Budgets
from moderation.domains.rules import DomainRules

log = structlog.get_logger()
GONE_FOR = timedelta(days=1)


class Fetching:
    """Fetches pictures, a few at a time of each host."""

    def __init__(self, services: Services, files: MediaFiles) -> None:
        self._services, self._files = services, files
        self._hosts = Hosts(services.clock)
        self._budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)

    def fetch(self, picture: Picture) -> None:
        """It is kept then. Raises NoPictureError."""
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
