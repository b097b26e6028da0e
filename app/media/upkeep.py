"""Forgetting pictures: of what isn't shown any more, and the longest unseen where room is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.media import cache, where
from app.media.errors import NoPictureError
from app.media.files import MediaFiles
from app.media.obtaining import Pictures
from app.media.shapes import ORIGINAL, Shape, every_name
from app.media.tables import CachedMediaRow, MediaState
from app.posts import visibility
from app.posts.tables import AttachmentRow, PostRow
from app.services import Services
from moderation.preservation import reach

log = structlog.get_logger()
AT_ONCE = 4
HOSTS_SHARE = 4
"""No host's pictures take more than a quarter of the room."""
ENOUGH = 0.9


def collect(services: Services, limit: int = 20) -> int:
    """Fetch evidence that nobody looked at yet; how many were asked for."""
    with services.db.read() as session:
        wanted = cache.due(session, services.clock.now(), limit)
    if not wanted:
        return 0
    pictures = Pictures(services)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _try(pictures, one), wanted))
    return len(wanted)


def _try(pictures: Pictures, one: cache.Picture) -> None:
    try:
        pictures.file(one, ORIGINAL)
    except NoPictureError as error:
        log.info("evidence_not_had", host=one.host, error=error.code)


@dataclass(frozen=True, slots=True)
class Due:
    """A picture that goes."""

    key: str
    shape: Shape
    size_bytes: int


def forget(services: Services, limit: int = 1000) -> int:
    """Forget what isn't shown any more, and make room; how many pictures went."""
    gone = drop(services, due(services, limit))
    for files in where.in_bucket(services.settings):
        try:
            files.sweep(services.clock.now())
        except OSError as error:  # it stays noted for the next time
            log.error("media_not_swept", error=str(error))
    return gone


def due(services: Services, limit: int = 1000) -> list[Due]:
    """What isn't shown any more, and what goes besides to make room."""
    gone = _orphans(services, limit)
    return gone + _beyond_room(services, services.settings.media_cache_bytes, limit, gone)


def _orphans(services: Services, limit: int) -> list[Due]:
    """Pictures of posts and actors that aren't shown (any more), unless they are evidence."""
    now = services.clock.now()
    there = (
        exists()
        .where(AttachmentRow.id == CachedMediaRow.attachment_id)
        .where(PostRow.pk == AttachmentRow.post_pk, ActorRow.id == PostRow.actor_id, visibility.shown())
    )
    theirs = exists().where(
        ActorRow.id == CachedMediaRow.actor_id,
        visibility.standing(ActorRow),
        or_(ActorRow.avatar_url == CachedMediaRow.url, ActorRow.header_url == CachedMediaRow.url),
    )
    orphaned = or_(
        and_(CachedMediaRow.attachment_id.is_not(None), ~there), and_(CachedMediaRow.actor_id.is_not(None), ~theirs)
    )
    over = and_(CachedMediaRow.kept_until.is_not(None), CachedMediaRow.kept_until <= now)
    free = or_(CachedMediaRow.kept_until.is_(None), CachedMediaRow.kept_until <= now)
    with services.db.read() as session:
        query = (
            select(CachedMediaRow.key, CachedMediaRow.shape, CachedMediaRow.size_bytes)
            .where(free, or_(orphaned, over), ~_wanted(now))
            .limit(limit)
        )
        return [Due(key, shape, size) for key, shape, size in session.execute(query)]


def _wanted(now: datetime) -> ColumnElement[bool]:
    """An order wants kept what shows it, or what showed it."""
    of_post = exists().where(
        AttachmentRow.id == CachedMediaRow.attachment_id,
        PostRow.pk == AttachmentRow.post_pk,
        ActorRow.id == PostRow.actor_id,
        reach.reaches(now, PostRow.uri, ActorRow.uri),
    )
    of_actor = exists().where(ActorRow.id == CachedMediaRow.actor_id, reach.reaches(now, ActorRow.uri))
    return or_(of_post, of_actor, reach.reaches_picture(now, CachedMediaRow.key))


def _beyond_room(services: Services, room: int, limit: int, gone: Sequence[Due]) -> list[Due]:
    """What was looked at longest ago: first of hosts that take more than their share, then of all."""
    with services.db.read() as session:
        size_of = func.sum(CachedMediaRow.size_bytes)
        left = select(CachedMediaRow.host, size_of).group_by(CachedMediaRow.host)
        sizes = {host: size or 0 for host, size in session.execute(left)}
        hosts = _hosts(session, gone)
    chosen: list[Due] = []
    for each, host in zip(gone, hosts, strict=True):
        sizes[host] -= each.size_bytes
    for host, size in sizes.items():
        if size > room // HOSTS_SHARE:
            known = {each.key for each in (*gone, *chosen)}
            chosen += _oldest(services, size - int(room // HOSTS_SHARE * ENOUGH), limit, host, known)
    total = sum(sizes.values()) - sum(each.size_bytes for each in chosen)
    if total > room:
        known = {each.key for each in (*gone, *chosen)}
        chosen += _oldest(services, total - int(room * ENOUGH), limit, None, known)
    return chosen


def _hosts(session: Session, gone: Sequence[Due]) -> list[str]:
    found: dict[str, str] = {}
    for start in range(0, len(gone), 500):
        keys = [each.key for each in gone[start : start + 500]]
        rows = session.execute(select(CachedMediaRow.key, CachedMediaRow.host).where(CachedMediaRow.key.in_(keys)))
        found |= {key: host for key, host in rows}
    return [found[each.key] for each in gone]


def _oldest(services: Services, too_much: int, limit: int, host: str | None, known: set[str]) -> list[Due]:
    now = services.clock.now()
    query = (
        select(CachedMediaRow.key, CachedMediaRow.shape, CachedMediaRow.size_bytes)
        .where(CachedMediaRow.state == MediaState.READY)
        .where(or_(CachedMediaRow.kept_until.is_(None), CachedMediaRow.kept_until <= now), ~_wanted(now))
        .order_by(CachedMediaRow.used_at)
        .limit(limit + len(known))
    )
    if host is not None:
        query = query.where(CachedMediaRow.host == host)
    chosen: list[Due] = []
    with services.db.read() as session:
        for key, shape, size in session.execute(query):
            if too_much <= 0 or len(chosen) >= limit:
                break
            if key not in known:
                chosen.append(Due(key, shape, size))
                too_much -= size
    return chosen


def drop(services: Services, chosen: Iterable[Due]) -> int:
    """The rows first: a file without a row is fetched again, a row without its file would promise it."""
    found = list(chosen)
    files = where.elsewhere(services.settings)
    for start in range(0, len(found), 200):
        part = found[start : start + 200]
        with services.db.write() as session:
            cache.forget(session, [each.key for each in part])
            after_commit(session, partial(_remove_files, files, part))
    return len(found)


def _remove_files(files: MediaFiles, part: Sequence[Due]) -> None:
    for each in part:
        files.remove(each.key, every_name(each.shape))
