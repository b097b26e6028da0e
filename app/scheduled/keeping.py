"""Schedule a post, look at what is scheduled, move it, call it off."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts import writers
from app.errors import InvalidError, NotFoundError
from app.ids import IDS
from app.paging import Paging, by_id, newest_first
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.scheduled import requests
from app.scheduled.tables import ScheduledPostRow
from app.services import Services
from app.uploads.tables import UploadRow

SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=5 * 365)
MOST = 300
MOST_A_DAY = 25
"""Mastodon's numbers: of those that wait, and of those for one day of UTC."""


def schedule(services: Services, account_id: int, request: ComposeRequest, at: datetime) -> ScheduledPostRow:
    """Keep a post until `at`. It is looked at now as far as it can be, so that its author hears at once what is wrong;
    it is judged when it is published. The same idempotency key gives the same one.

    Raises what `compose.compose` raises, and InvalidError for a time that is too soon or too far, or too many.
    """
    compose.check_text(request)
    _require_time(services, at)
    now = services.clock.now()
    with services.db.write() as session:
        writers.writer(session, account_id)
        writers.one_at_a_time(session, account_id)
        again = _kept_before(session, account_id, request.idempotency_key)
        if again is not None:
            return again
        compose.require_surroundings(session, services, account_id, request)
        _require_room(session, account_id, at)
        row = ScheduledPostRow(
            id=IDS.take(now),
            account_id=account_id,
            request=requests.kept(request),
            idempotency_key=request.idempotency_key,
            scheduled_at=at,
            next_at=at,
            created_at=now,
        )
        session.add(row)
        session.execute(update(UploadRow).where(UploadRow.id.in_(request.picture_ids)).values(scheduled_id=row.id))
    return row


def page(session: Session, account_id: int, paging: Paging) -> list[ScheduledPostRow]:
    """What a member has scheduled, the latest made first."""
    query = select(ScheduledPostRow).where(ScheduledPostRow.account_id == account_id)
    return newest_first(session.scalars(by_id(query, ScheduledPostRow.id, paging)).all(), paging)


def own(session: Session, account_id: int, number: int) -> ScheduledPostRow:
    """One of them. Raises NotFoundError, also for another's."""
    row = session.get(ScheduledPostRow, number)
    if row is None or row.account_id != account_id:
        raise NotFoundError
    return row


def move(services: Services, account_id: int, number: int, at: datetime) -> ScheduledPostRow:
    """Publish it at another time. Raises NotFoundError, InvalidError, ForbiddenError for who may not write now."""
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = own(session, account_id, number)
        writers.writer(session, account_id)
        _require_time(services, at)
        _require_room(session, account_id, at, but=row.id)
        row.scheduled_at = row.next_at = at
    return row


def call_off(services: Services, account_id: int, number: int) -> None:
    """Don't publish it; its pictures can go into another post. Raises NotFoundError."""
    with services.db.write() as session:
        drop(session, own(session, account_id, number))


def drop(session: Session, row: ScheduledPostRow) -> None:
    """Forget it, and let go of its pictures."""
    session.execute(update(UploadRow).where(UploadRow.scheduled_id == row.id).values(scheduled_id=None))
    session.delete(row)


def forget(session: Session, account_id: int) -> None:
    """Forget all that a member who leaves had scheduled; their uploads go with them."""
    session.execute(delete(ScheduledPostRow).where(ScheduledPostRow.account_id == account_id))


def pictures(session: Session, row: ScheduledPostRow) -> list[UploadRow]:
    """Its uploads, in their order."""
    wanted = requests.read(row.request).picture_ids
    found = {one.id: one for one in session.scalars(select(UploadRow).where(UploadRow.scheduled_id == row.id))}
    return [found[number] for number in wanted if number in found]


def _kept_before(session: Session, account_id: int, key: str | None) -> ScheduledPostRow | None:
    if key is None:
        return None
    return session.scalar(
        select(ScheduledPostRow).where(
            ScheduledPostRow.account_id == account_id, ScheduledPostRow.idempotency_key == key
        )
    )


def _require_time(services: Services, at: datetime) -> None:
    now = services.clock.now()
    if at < now + SOONEST:
        raise InvalidError("Validation failed: Scheduled at The scheduled date must be in the future")
    if at > now + LATEST:
        raise InvalidError("Validation failed: Scheduled at The scheduled date is too far away")


def _require_room(session: Session, account_id: int, at: datetime, *, but: int = 0) -> None:
    day = at.replace(hour=0, minute=0, second=0, microsecond=0)
    mine = select(func.count(ScheduledPostRow.id)).where(
        ScheduledPostRow.account_id == account_id, ScheduledPostRow.id != but
    )
    that_day = mine.where(ScheduledPostRow.scheduled_at >= day, ScheduledPostRow.scheduled_at < day + timedelta(days=1))
    if (session.scalar(mine) or 0) >= MOST:
        raise InvalidError(_("You have scheduled as many posts as can be scheduled"), code="too_many_scheduled")
    if (session.scalar(that_day) or 0) >= MOST_A_DAY:
        raise InvalidError(_("You have scheduled as many posts for that day as can be"), code="too_many_that_day")
