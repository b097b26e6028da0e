"""Following hashtags: public posts that carry one come into the home timeline."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.database.engine import after_commit
from app.errors import InvalidError
from app.ids import IDS
from app.paging import Paging, by_id, newest_first
from app.relationships.tables import FollowedTagRow
from app.services import Services
from app.timelines import home
from moderation import hashtags

MOST = 200


def follow(services: Services, account_id: int, name: str) -> str:
    """Follow a hashtag; twice is once. The name as it is kept. Raises InvalidError for what can't be one."""
    shown = checked(name)
    now = services.clock.now()
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        if is_followed(session, account_id, shown):
            return shown
        number = session.scalar(select(func.count(FollowedTagRow.id)).where(FollowedTagRow.account_id == account_id))
        if (number or 0) >= MOST:
            raise InvalidError(_("You follow as many hashtags as can be followed"), code="too_many_tags")
        row = FollowedTagRow(
            id=IDS.take(now), account_id=account_id, tag=hashtags.key(shown), name=shown, created_at=now
        )
        session.add(row)
        after_commit(session, lambda: home.follow_changed(services, account_id))
    return shown


def unfollow(services: Services, account_id: int, name: str) -> str:
    """Follow it no longer; not followed is no error."""
    shown = checked(name)
    with services.db.write() as session:
        session.execute(
            delete(FollowedTagRow).where(
                FollowedTagRow.account_id == account_id, FollowedTagRow.tag == hashtags.key(shown)
            )
        )
        after_commit(session, lambda: home.follow_changed(services, account_id))
    return shown


def followed(session: Session, account_id: int, paging: Paging) -> list[FollowedTagRow]:
    """The hashtags that a member follows, the latest first."""
    query = by_id(select(FollowedTagRow).where(FollowedTagRow.account_id == account_id), FollowedTagRow.id, paging)
    return newest_first(session.scalars(query).all(), paging)


def is_followed(session: Session, account_id: int, name: str) -> bool:
    """Whether a member follows this hashtag."""
    mine = select(FollowedTagRow.id).where(
        FollowedTagRow.account_id == account_id, FollowedTagRow.tag == hashtags.key(name)
    )
    return session.scalar(mine) is not None


def followers_of(session: Session, names: Collection[str]) -> dict[str, set[int]]:
    """Who follows each of these hashtags (as they are compared)."""
    found: dict[str, set[int]] = {}
    rows = select(FollowedTagRow.tag, FollowedTagRow.account_id).where(FollowedTagRow.tag.in_(names))
    for tag, account_id in session.execute(rows):
        found.setdefault(tag, set()).add(account_id)
    return found


def checked(name: str) -> str:
    """A hashtag without its sign. Raises InvalidError for what can't be one."""
    shown = hashtags.bare(unicodedata.normalize("NFKC", name))
    if not hashtags.is_one(shown):
        raise InvalidError("Validation failed: Name can't be a hashtag")
    return shown
