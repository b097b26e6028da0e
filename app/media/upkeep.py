"""Forgetting pictures: of what isn't shown any more, and the longest unseen where room is needed."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from app.accounts.tables import ActorRow
from app.media import cache
from app.media.files import MediaFiles
from app.media.obtaining import NoPictureError, Pictures
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
        due = cache.due(session, services.clock.now(), limit)
    if not due:
        return 0
    pictures = Pictures(services)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _try(pictures, one), due))
    return len(due)


def _try(pictures: Pictures, one: cache.Picture) -> None:
    try:
        pictures.file(one, ORIGINAL)
    except NoPictureError as error:
        log.info("evidence_not_had", host=one.host, error=error.code)


def forget(services: Services, limit: int = 1000) -> int:
    """Forget what isn't shown any more, and make room; how many pictures went."""
    gone = _drop(services, _orphans(services, limit))
    return gone + _make_room(services, services.settings.media_cache_bytes, limit)


def _orphans(services: Services, limit: int) -> list[tuple[str, Shape]]:
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
            select(CachedMediaRow.key, CachedMediaRow.shape)
            .where(free, or_(orphaned, over), ~_wanted(now))
            .limit(limit)
        )
        return [(key, shape) for key, shape in session.execute(query)]


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


def _make_room(services: Services, room: int, limit: int) -> int:
    """Drop what was looked at longest ago: first of hosts that take more than their share, then of all."""
    dropped = 0
    with services.db.read() as session:
        size_of = func.sum(CachedMediaRow.size_bytes)
        query = select(CachedMediaRow.host, size_of).group_by(CachedMediaRow.host)
        by_host = session.execute(query.having(size_of > room // HOSTS_SHARE)).all()
    for host, size in by_host:
        dropped += _drop_oldest(services, size - int(room // HOSTS_SHARE * ENOUGH), limit, host)
    with services.db.read() as session:
        total = session.scalar(select(func.sum(CachedMediaRow.size_bytes))) or 0
    if total > room:
        dropped += _drop_oldest(services, total - int(room * ENOUGH), limit, None)
    return dropped


def _drop_oldest(services: Services, too_much: int, limit: int, host: str | None) -> int:
    now = services.clock.now()
    query = (
        select(CachedMediaRow.key, CachedMediaRow.shape, CachedMediaRow.size_bytes)
        .where(CachedMediaRow.state == MediaState.READY)
        .where(or_(CachedMediaRow.kept_until.is_(None), CachedMediaRow.kept_until <= now), ~_wanted(now))
        .order_by(CachedMediaRow.used_at)
        .limit(limit)
    )
    if host is not None:
        query = query.where(CachedMediaRow.host == host)
    chosen: list[tuple[str, Shape]] = []
    with services.db.read() as session:
        for key, shape, size in session.execute(query):
            if too_much <= 0:
                break
            chosen.append((key, shape))
            too_much -= size
    return _drop(services, chosen)


def _drop(services: Services, chosen: Iterable[tuple[str, Shape]]) -> int:
    """The rows first: a file without a row is fetched again, a row without its file would promise it."""
    found = list(chosen)
    files = MediaFiles.of(services.settings.data_dir)
    for start in range(0, len(found), 200):
        part = found[start : start + 200]
        with services.db.write() as session:
            cache.forget(session, [key for key, _shape in part])
        for key, shape in part:
            files.remove(key, every_name(shape))
    return len(found)
