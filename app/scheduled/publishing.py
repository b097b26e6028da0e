"""Publish what is due: each goes through the door as if it were written now, and exactly once.

A post is written, and what was scheduled forgotten, in one write. What can't be published (its author may not write,
what it answers is gone) is kept: its author is told why, and takes it from there.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.enforcement import telling
from app.errors import AppError, ConflictError, RateLimitedError, UnavailableError
from app.mail import Mail
from app.notifications import languages, post_office
from app.notifications.tables import NotificationKind
from app.posts import compose
from app.posts.storing import Stored
from app.scheduled import keeping, requests
from app.scheduled.due import due
from app.scheduled.tables import ScheduledPostRow
from app.services import Services

LEASE = timedelta(minutes=2)
"""Whoever has one does nothing else meanwhile; if they were lost, somebody else begins anew."""
log = structlog.get_logger()


def drain(services: Services, limit: int = 20) -> int:
    """Publish what is due, the longest due first; how many were dealt with. One that fails in a way that nobody foresaw
    keeps nobody waiting: the next run takes the one after it.
    """
    for done in range(limit):
        number = _take(services)
        if number is None:
            return done
        _publish(services, number)
    return limit


def _take(services: Services) -> int | None:
    """Claim one by moving it into the future."""
    now = services.clock.now()
    query = select(ScheduledPostRow).where(due(now)).order_by(ScheduledPostRow.next_at, ScheduledPostRow.id).limit(1)
    with services.db.write() as session:
        row = session.scalar(query.with_for_update(skip_locked=True))
        if row is None:
            return None
        row.next_at = now + LEASE
        return row.id


def _publish(services: Services, number: int) -> None:
    with services.db.read() as session:
        row = session.get(ScheduledPostRow, number)
    if row is None:
        return

    def forget(session: Session, _stored: list[Stored]) -> None:
        """Whoever is second, or came after it was called off, writes nothing."""
        gone = session.execute(delete(ScheduledPostRow).where(ScheduledPostRow.id == number))
        if gone.rowcount != 1:  # type: ignore[attr-defined]
            raise ConflictError("It isn't scheduled any more")

    request = requests.read(row.request)
    try:
        compose.compose(services, row.account_id, request, scheduled_id=number, alongside=forget)
    except (UnavailableError, RateLimitedError) as error:
        log.warning("scheduled_post_waits", scheduled=number, error=error.code)  # tried again when the lease is over
    except AppError as error:
        log.info("scheduled_post_not_published", scheduled=number, error=error.code)
        _set_aside(services, number)


def _set_aside(services: Services, number: int) -> None:
    """It is kept, and its author told; who is gone for good isn't."""
    with services.db.write() as session:
        row = session.get(ScheduledPostRow, number, with_for_update=True)
        if row is None:
            return
        row.next_at = None
        account = session.get(AccountRow, row.account_id)
        if account is None:
            keeping.drop(session, row)
            return
        _tell(session, services, account, row)


def _tell(session: Session, services: Services, account: AccountRow, row: ScheduledPostRow) -> None:
    _ = languages.translator(account.locale)
    why = _why(session, account, row, _)
    payload = {"scheduled_id": row.id, "reason": why}
    telling.note(services, session, account.id, NotificationKind.MODERATION_WARNING, payload)
    text = _(
        "Hello %(name)s,\n\n"
        "a post that you had scheduled at %(domain)s was not published.\n\n"
        "%(why)s\n\n"
        "It is kept: your app shows it among the scheduled posts, where you can choose another time or delete it."
    )
    said = {"name": account.actor.username, "domain": services.settings.domain, "why": why}
    post_office.put(session, services, Mail(account.email, _("A scheduled post was not published"), text % said))


def _why(session: Session, account: AccountRow, row: ScheduledPostRow, _: languages.Translate) -> str:
    """The reason in the author's language; what an error says is in nobody's."""
    if account.actor.suspended_at is not None or account.disabled_at is not None:
        return _("Your account can’t post at the moment.")
    if account.frozen_at is not None:
        return _("Posting is paused until you have answered the moderators.")
    if account.actor.moved_to_uri is not None:
        return _("Your account has moved, and nothing is posted from here any more.")
    kept = requests.read(row.request)
    if kept.in_reply_to_id is not None or kept.quoted_id is not None:
        return _("What it answers or quotes is gone, or its author doesn’t allow that any more.")
    return _("It can’t be posted as it is any more; write it anew.")
