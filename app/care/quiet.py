"""Quiet days: strangers are kept from a member for a while, because she said yes; they end by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.care import letters
from app.care.quiet_days import acquainted, until
from app.care.tables import LetterKind, QuietDayRow
from app.errors import InvalidError
from app.posts.reading import PostView
from app.services import Services
from moderation.policy import store


def answer(services: Services, number: int, account_id: int, *, yes: bool) -> datetime | None:
    """A member's answer to the offer; until when there is quiet, None for no. Raises NotFoundError, InvalidError."""
    now = services.clock.now()
    with services.db.write() as session:
        row = letters.of(session, number, account_id)
        if row.kind is not LetterKind.QUIET or row.answer is not None:
            raise InvalidError("This letter asks nothing any more", code="answered")
        row.answer, row.answered_at = yes, now
        row.read_at = row.read_at or now
        if not yes:
            return None
        ends = now + timedelta(hours=store.current(session).pile_on.limited_hours)
        session.merge(QuietDayRow(account_id=account_id, since=now, ends_at=ends))
        return ends


def end(services: Services, account_id: int) -> None:
    """She has had enough of the quiet."""
    now = services.clock.now()
    with services.db.write() as session:
        row = session.get(QuietDayRow, account_id)
        if row is not None and row.ends_at > now:
            row.ends_at = now


def without_strangers(
    session: Session, replies: Sequence[PostView], viewer_id: int | None, now: datetime
) -> list[PostView]:
    """A thread as its reader sees it: on a quiet day, without what strangers answer to her."""
    if viewer_id is None or until(session, viewer_id, now) is None:
        return list(replies)
    to_her = {each.shown.post.actor_id for each in replies if each.shown.post.in_reply_to_actor_id == viewer_id}
    strangers = to_her - acquainted(session, viewer_id, list(to_her)) - {viewer_id}
    return [
        each
        for each in replies
        if each.shown.post.in_reply_to_actor_id != viewer_id or each.shown.post.actor_id not in strangers
    ]
