"""Make lists, change them, and say who is on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.errors import InvalidError, NotFoundError
from app.ids import IDS
from app.lists.tables import ListMemberRow, ListRow, RepliesPolicy
from app.paging import Paging, by_id, newest_first
from app.relationships.tables import FollowRow
from app.services import Services
from app.timelines import home

MOST_LISTS = 100
LONGEST_TITLE = 256


@dataclass(frozen=True, slots=True)
class Wish:
    """How a list should be; None leaves a part as it is."""

    title: str | None = None
    replies: RepliesPolicy | None = None
    exclusive: bool | None = None


def make(services: Services, account_id: int, wish: Wish) -> ListRow:
    """A new list, empty. Raises InvalidError for a title that is empty or too long, or too many lists."""
    now = services.clock.now()
    with services.db.write() as session:
        number = session.scalar(select(func.count(ListRow.id)).where(ListRow.account_id == account_id)) or 0
        if number >= MOST_LISTS:
            raise InvalidError(_("You have as many lists as there can be"), code="too_many_lists")
        row = ListRow(
            id=IDS.take(now),
            account_id=account_id,
            title=_title(wish.title or ""),
            replies=wish.replies or RepliesPolicy.LIST,
            exclusive=bool(wish.exclusive),
            created_at=now,
        )
        session.add(row)
    return row


def change(services: Services, account_id: int, list_id: int, wish: Wish) -> ListRow:
    """Change a list. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        row = find(session, account_id, list_id)
        if wish.title is not None:
            row.title = _title(wish.title)
        row.replies = wish.replies or row.replies
        if wish.exclusive is not None and wish.exclusive is not row.exclusive:
            row.exclusive = wish.exclusive
            _home_changes(session, services, account_id)
    return row


def drop(services: Services, account_id: int, list_id: int) -> None:
    """Delete a list; nobody on it is unfollowed. Raises NotFoundError."""
    with services.db.write() as session:
        row = find(session, account_id, list_id)
        if row.exclusive:
            _home_changes(session, services, account_id)
        session.execute(delete(ListMemberRow).where(ListMemberRow.list_id == row.id))
        session.delete(row)


def add(services: Services, account_id: int, list_id: int, actor_ids: Sequence[int]) -> None:
    """Put people on a list, all or none. Raises NotFoundError for whom the owner, who may be on it, doesn't follow,
    InvalidError for who is on it already.
    """
    now = services.clock.now()
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = find(session, account_id, list_id)
        if not _follows_all(session, account_id, actor_ids):
            raise NotFoundError
        there = exists().where(ListMemberRow.list_id == row.id, ListMemberRow.actor_id.in_(actor_ids))
        if session.scalar(select(there)):
            raise InvalidError("Validation failed: Account has already been taken")
        session.add_all(
            ListMemberRow(id=IDS.take(now), list_id=row.id, actor_id=actor_id, added_at=now) for actor_id in actor_ids
        )
        if row.exclusive:
            _home_changes(session, services, account_id)


def take_off(services: Services, account_id: int, list_id: int, actor_ids: Sequence[int]) -> None:
    """Take people off a list; who isn't on it is no error. Raises NotFoundError."""
    with services.db.write() as session:
        row = find(session, account_id, list_id)
        session.execute(
            delete(ListMemberRow).where(ListMemberRow.list_id == row.id, ListMemberRow.actor_id.in_(actor_ids))
        )
        if row.exclusive:
            _home_changes(session, services, account_id)


def find(session: Session, account_id: int, list_id: int) -> ListRow:
    """One of a member's lists. Raises NotFoundError, also for another's."""
    row = session.get(ListRow, list_id)
    if row is None or row.account_id != account_id:
        raise NotFoundError
    return row


def of_account(session: Session, account_id: int, containing: int | None = None) -> list[ListRow]:
    """A member's lists by title; `containing`: only those that this actor is on."""
    query = select(ListRow).where(ListRow.account_id == account_id).order_by(ListRow.title, ListRow.id)
    if containing is not None:
        on_it = exists().where(ListMemberRow.list_id == ListRow.id, ListMemberRow.actor_id == containing)
        query = query.where(on_it)
    return list(session.scalars(query))


def members(session: Session, list_id: int, paging: Paging | None) -> list[tuple[int, ActorRow]]:
    """Who is on a list, with the id by which the page is cut, latest first; None: everybody."""
    query: Select[Any, Any] = select(ListMemberRow.id, ActorRow).join(ActorRow, ActorRow.id == ListMemberRow.actor_id)
    query = query.where(ListMemberRow.list_id == list_id, ActorRow.deleted_at.is_(None))
    if paging is None:
        return [(row[0], row[1]) for row in session.execute(query.order_by(ListMemberRow.id.desc()))]
    rows = session.execute(by_id(query, ListMemberRow.id, paging)).all()
    return [(row[0], row[1]) for row in newest_first(rows, paging)]


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title:
        raise InvalidError("Validation failed: Title can't be blank")
    if len(title) > LONGEST_TITLE:
        raise InvalidError("Validation failed: Title is too long (maximum is 256 characters)")
    return title


def _follows_all(session: Session, account_id: int, actor_ids: Sequence[int]) -> bool:
    others = set(actor_ids) - {account_id}
    followed = select(func.count(FollowRow.id)).where(
        FollowRow.follower_id == account_id, FollowRow.target_id.in_(others)
    )
    return bool(actor_ids) and session.scalar(followed) == len(others)


def _home_changes(session: Session, services: Services, account_id: int) -> None:
    after_commit(session, lambda: home.follow_changed(services, account_id))
