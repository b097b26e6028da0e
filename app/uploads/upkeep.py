"""Forgetting uploads: what was never posted after a day, and what stands in nothing any more, a day after its post
let go of it to be used again; unless it is evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, literal, or_, select

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.media import where
from app.media.shapes import Shape, every_name
from app.posts.tables import AttachmentRow, PendingEditRow, PostRow
from app.services import Services
from app.uploads import keeping, places
from app.uploads.tables import UploadRow
from moderation.preservation import reach

NEVER_POSTED: Final = timedelta(days=1)


def forget(services: Services, limit: int = 500) -> int:
    """Rows and files of what nobody can see (any more); how many."""
    return len(take(services, limit))


def take(services: Services, limit: int) -> list[UploadRow]:
    """The same; what it was. The rows go first: no row promises a lost file."""
    now = services.clock.now()
    free = or_(UploadRow.kept_until.is_(None), UploadRow.kept_until <= now)
    stands = exists().where(AttachmentRow.post_pk == UploadRow.post_pk, AttachmentRow.upload_id == UploadRow.id)
    waits = exists().where(PendingEditRow.post_pk == UploadRow.post_pk)
    unposted = and_(UploadRow.used_at.is_(None), UploadRow.scheduled_id.is_(None))
    again = and_(
        UploadRow.let_go_at.is_not(None),
        or_(UploadRow.let_go_at > now - keeping.AGAIN, UploadRow.scheduled_id.is_not(None)),
    )
    over = or_(
        and_(unposted, UploadRow.created_at <= now - NEVER_POSTED),
        and_(UploadRow.used_at.is_not(None), UploadRow.shape == Shape.PICTURE, ~stands, ~waits, ~again),
        and_(UploadRow.shape != Shape.PICTURE, UploadRow.used_at <= now - NEVER_POSTED, ~_in_profile(services)),
        ~exists().where(ActorRow.id == UploadRow.account_id, ActorRow.deleted_at.is_(None)),
    )
    with services.db.write() as session:
        rows = list(session.scalars(select(UploadRow).where(free, over, ~_wanted(now)).limit(limit)))
        for start in range(0, len(rows), 500):
            part = [row.id for row in rows[start : start + 500]]
            session.execute(
                delete(UploadRow).where(UploadRow.id.in_(part)).execution_options(synchronize_session=False)
            )
        after_commit(session, lambda: _remove_files(services, rows))
    return rows


def _remove_files(services: Services, rows: Sequence[UploadRow]) -> None:
    files = where.here(services.settings)
    for row in rows:
        files.remove(row.key, every_name(row.shape))


def _wanted(now: datetime) -> ColumnElement[bool]:
    """An order wants kept what its member has, or the post that it was in."""
    of_post = exists().where(PostRow.pk == UploadRow.post_pk, reach.reaches(now, PostRow.uri))
    return or_(of_post, exists().where(ActorRow.id == UploadRow.account_id, reach.reaches(now, ActorRow.uri)))


def _in_profile(services: Services) -> ColumnElement[bool]:
    """Whether it is in its member's profile, or may be in one that waits."""
    start, end = f"{services.settings.base_url}{places.UPLOADS}/", places.path()
    address = literal(start) + UploadRow.key + literal(end)
    shown = or_(ActorRow.avatar_url == address, ActorRow.header_url == address, ActorRow.pending_profile.is_not(None))
    return exists().where(ActorRow.id == UploadRow.account_id, shown)
