"""The job: one film or sound from elsewhere after the other is fetched, and made anew before anybody is given it."""

from __future__ import annotations

import functools
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select

from app.errors import RateLimitedError
from app.federation.wire.errors import FetchError
from app.federation.wire.fetching import Avoids, Kind
from app.media import allowed, arriving, cache, one_by_one, seeing, where
from app.media.cache import Drawn, Picture
from app.media.caged import EndedError
from app.media.files import MediaFiles
from app.media.recordings.wanting import due
from app.media.shapes import SOURCE, every_name
from app.media.tables import CachedMediaRow, MediaState
from app.services import Services
from app.stores.budgets import MEDIA_BY_HOST, Budgets
from app.uploads.recordings import making
from app.uploads.recordings.making import Made
from app.uploads.recordings.refusals import RefusedError, Why
from moderation.domains.rules import DomainRules

log = structlog.get_logger()
LEASE: Final = timedelta(minutes=50)
MOST_BEGUN: Final = 3
"""What ends its maker so often is given up."""
BUSY_FOR: Final = timedelta(minutes=1)
NOT_SHOWN: Final = "media_not_shown"


def drain(services: Services, limit: int) -> int:
    """Make those that are due, the longest waiting first; how many."""
    return one_by_one.drain(lambda: _take(services), lambda picture: _have(services, picture), limit)


def release(services: Services) -> int:
    """No other worker lives: what a killed one had in hand may begin again at once; how many."""
    now = services.clock.now()
    with services.db.write() as session:
        return cache.begin_again(session, now)


def _take(services: Services) -> Picture | None:
    now = services.clock.now()
    query = select(CachedMediaRow).where(due(now)).order_by(CachedMediaRow.retry_at).limit(1)
    with services.db.write() as session:
        row = session.scalar(query.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.retry_at, row.attempts = now + LEASE, row.attempts + 1
        if row.state is MediaState.WANTED and row.attempts > MOST_BEGUN:
            row.state, row.error, row.retry_at = MediaState.FAILED, Why.COSTLY.value, now + cache.NEVER_A_PICTURE
            return None
        evidence = row.kept_until is not None and row.kept_until > now
        return Picture(row.shape, row.url, row.attachment_id, row.actor_id, evidence=evidence, recording=True)


def _have(services: Services, picture: Picture) -> bool:
    """Whether it is dealt with; False: this process stops."""
    files = where.elsewhere(services.settings)
    try:
        with services.db.read() as session:
            rules = DomainRules.load(session)
            shown = allowed.may_be_had(session, rules, picture)
        if not shown:
            _fail(services, files, picture, NOT_SHOWN, cache.NEVER_A_PICTURE)
            return True
        Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(
            MEDIA_BY_HOST, picture.host
        )
        avoids = None if picture.evidence else functools.partial(allowed.is_kept_out, rules)
        made, digests = _made(services, files, picture, avoids)
    except EndedError:
        with services.db.write() as session:
            cache.begin_again(session, services.clock.now(), picture)
        return False
    except RateLimitedError:
        with services.db.write() as session:
            cache.begin_again(session, services.clock.now() + BUSY_FOR, picture)
        return True
    except FetchError as error:
        _fail(services, files, picture, error.code, cache.NEVER_A_PICTURE if error.permanent else None)
    except RefusedError as error:
        _fail(services, files, picture, error.why.value, cache.NEVER_A_PICTURE)
    else:
        return _keep(services, files, picture, made, digests)
    return True


def _made(
    services: Services, files: MediaFiles, picture: Picture, avoids: Avoids | None
) -> tuple[Made, tuple[str, ...]]:
    fetched = services.fetcher.get(picture.url, Kind.RECORDING, avoids=avoids)
    source = files.place(picture.key, SOURCE)
    source.write_bytes(fetched.body)
    digests = seeing.digests(fetched.body)
    del fetched
    making.poster_first(files, picture.key, functools.partial(_says_nothing, services, picture, digests))
    return making.make(files, picture.key)[1], digests


def _says_nothing(services: Services, picture: Picture, digests: tuple[str, ...], poster: Drawn) -> bool:
    """Whether a film's first picture may be shown before the film is made: what speaks is judged with the film."""
    seen = seeing.look(services.tools.image_model, digests, poster.glimpses)
    return not (seeing.failed(seen) or arriving.speaks(services, picture, seen))


def _keep(services: Services, files: MediaFiles, picture: Picture, made: Made, digests: tuple[str, ...]) -> bool:
    files.remove(picture.key, (SOURCE,))
    size = sum(files.sizes(picture.key).values())
    seen = seeing.look(services.tools.image_model, digests, made.poster.glimpses if made.poster else ())
    try:
        if seeing.failed(seen):
            raise arriving.UnjudgedError
        files.settle(picture.key)
        there = arriving.arrive_film(services, picture, made.width, made.height, seen, size)
    except (arriving.UnjudgedError, OSError) as error:
        log.info("recording_waits", host=picture.host, error=str(error) or "not judged")
        with services.db.write() as session:
            cache.begin_again(session, services.clock.now() + BUSY_FOR, picture)
        return True
    if not there:
        files.remove(picture.key, every_name(picture.shape))  # its post was taken away, or sealed, meanwhile
        return True
    log.info("recording_fetched", host=picture.host, seconds=made.seconds, bytes=size)
    return True


def _fail(services: Services, files: MediaFiles, picture: Picture, code: str, wait: timedelta | None) -> None:
    with services.db.write() as session:
        if cache.find(session, picture) is not None:
            cache.fail(session, picture, code, wait, services.clock.now())
    files.remove(picture.key, every_name(picture.shape))
    log.info("recording_not_had", host=picture.host, error=code)
