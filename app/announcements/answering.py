"""What members do with an announcement: put it away, and answer with one sign."""

from __future__ import annotations

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.announcements import reading, signs
from app.announcements.tables import AnnouncementReactionRow, AnnouncementReadRow
from app.database.engine import after_commit
from app.emojis import shortcodes
from app.emojis.tables import CustomEmojiRow
from app.errors import InvalidError
from app.services import Services
from app.stores import events

MOST_SIGNS = 8
"""Different ones below one announcement, as in Mastodon."""


def put_away(services: Services, account_id: int, number: int) -> None:
    """The member has read it. Raises NotFoundError."""
    with services.db.write() as session:
        row = reading.find(session, number, services.clock.now())
        session.merge(AnnouncementReadRow(announcement_id=row.id, account_id=account_id))


def react(services: Services, account_id: int, number: int, name: str) -> None:
    """Answer with a sign, or one of the house's emojis by its shortcode; twice is once. Raises NotFoundError,
    InvalidError for what is neither, or too many.
    """
    _require_sign(name)
    now = services.clock.now()
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        reading.find(session, number, now)
        _require_known(session, name)
        if session.get(AnnouncementReactionRow, (number, account_id, name)) is not None:
            return
        _require_room(session, number, name)
        session.add(AnnouncementReactionRow(announcement_id=number, account_id=account_id, name=name, made_at=now))
        session.flush()
        _say(session, services, number, name)


def withdraw(services: Services, account_id: int, number: int, name: str) -> None:
    """Take a sign back; none is no error. Raises NotFoundError, InvalidError."""
    _require_sign(name)
    with services.db.write() as session:
        reading.find(session, number, services.clock.now())
        row = AnnouncementReactionRow
        mine = row.announcement_id == number, row.account_id == account_id, row.name == name
        gone = session.execute(delete(row).where(*mine))
        if gone.rowcount:  # type: ignore[attr-defined]
            _say(session, services, number, name)


def _require_sign(name: str) -> None:
    if not (signs.is_emoji(name) or shortcodes.is_one(name)):
        raise InvalidError("Validation failed: Name is not a recognized emoji")


def _require_known(session: Session, name: str) -> None:
    """A shortcode is one of the house's."""
    there = exists().where(CustomEmojiRow.shortcode == name, CustomEmojiRow.disabled_at.is_(None))
    if not signs.is_emoji(name) and not session.scalar(select(there)):
        raise InvalidError("Validation failed: Name is not a recognized emoji")


def _require_room(session: Session, number: int, name: str) -> None:
    """A new sign needs a place among the few."""
    row = AnnouncementReactionRow
    others = select(func.count(func.distinct(row.name))).where(row.announcement_id == number, row.name != name)
    if (session.scalar(others) or 0) >= MOST_SIGNS:
        raise InvalidError("Validation failed: Limit of different reactions reached")


def _say(session: Session, services: Services, number: int, name: str) -> None:
    payload = {"name": name, "count": reading.count(session, number, name), "announcement_id": str(number)}
    after_commit(session, lambda: events.publish_to_members(services.redis, events.REACTED, payload))
