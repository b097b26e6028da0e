"""Asking for a film or sound from elsewhere, and which of them are due: a row for each, as for pictures."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.media import cache
from app.media.cache import MOST_ATTEMPTS, Picture
from app.media.tables import CachedMediaRow, MediaState
from app.services import Services
from app.stores.jobs import Job

MOST_OF_HOST: Final = 5
MOST: Final = 40
"""So many may wait: making one takes about a quarter of its length."""


class TooManyError(Exception):
    """So many wait already that this one can't."""


def want(services: Services, picture: Picture) -> None:
    """Have it fetched and made soon. Raises TooManyError."""
    now = services.clock.now()
    with services.db.write() as session:
        row = cache.find(session, picture)
        if row is not None and row.state is not MediaState.FAILED:
            return  # asked for already, or made since the caller looked
        if _waiting(session, CachedMediaRow.host == picture.host) >= MOST_OF_HOST or _waiting(session) >= MOST:
            raise TooManyError
        cache.ask(session, picture, now)
        after_commit(session, lambda: services.nudger.nudge(Job.RECORDINGS))


def due(now: datetime) -> ColumnElement[bool]:
    """Those that nobody is making: asked for, or evidence that couldn't be had before."""
    again = and_(
        CachedMediaRow.state == MediaState.FAILED,
        CachedMediaRow.kept_until > now,
        CachedMediaRow.attempts < MOST_ATTEMPTS,
    )
    wanted = or_(CachedMediaRow.state == MediaState.WANTED, again)
    return and_(wanted, CachedMediaRow.recording.is_(True), CachedMediaRow.retry_at <= now)


def _waiting(session: Session, *which: ColumnElement[bool]) -> int:
    wanted = select(func.count()).where(CachedMediaRow.recording.is_(True), CachedMediaRow.state == MediaState.WANTED)
    return session.scalar(wanted.where(*which)) or 0
