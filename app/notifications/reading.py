"""A member's notifications, read, counted, dismissed; always through the posts' visibility filter."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import NotFoundError
from app.notifications.tables import TO_STAFF, NotificationKind, NotificationRow
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import posts_for
from app.services import Services


@dataclass(frozen=True, slots=True)
class NotificationView:
    """A notification with all that showing it needs."""

    row: NotificationRow
    actor: ActorRow
    post: PostView | None


@dataclass(frozen=True, slots=True)
class Which:
    """Which notifications. `kinds` empty: every kind but those of `exclude`; what is kept apart only if `filtered`."""

    kinds: Collection[NotificationKind] = ()
    exclude: Collection[NotificationKind] = ()
    sender_id: int | None = None
    filtered: bool = False


EVERYTHING = Which(filtered=True)
_DECIDE = [role for role in Role if lookup.at_least(role, Role.MODERATOR)]
"""Who decides about people."""


def page(session: Session, account_id: int, paging: Paging, which: Which = Which()) -> list[NotificationView]:
    """A page, newest first."""
    query = by_id(visible(account_id, NotificationRow, which), NotificationRow.id, paging)
    return views(session, account_id, newest_first(session.scalars(query).all(), paging))


def one(session: Session, account_id: int, notification_id: int) -> NotificationView:
    """One of the member's own; raises NotFoundError."""
    query = visible(account_id, NotificationRow, EVERYTHING).where(NotificationRow.id == notification_id)
    found = views(session, account_id, session.scalars(query).all())
    if not found:
        raise NotFoundError
    return found[0]


def unread(session: Session, account_id: int, since_id: int, most: int = 100, which: Which = Which()) -> int:
    """How many came after `since_id` (see markers), counted up to `most`."""
    newer = visible(account_id, NotificationRow.id, which).where(NotificationRow.id > since_id).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(newer)) or 0


def dismiss(services: Services, account_id: int, notification_id: int) -> None:
    """Forget one of the member's own; raises NotFoundError."""
    with services.db.write() as session:
        row = session.get(NotificationRow, notification_id)
        if row is None or row.account_id != account_id:
            raise NotFoundError
        session.delete(row)


def clear(services: Services, account_id: int) -> None:
    """Forget all."""
    with services.db.write() as session:
        session.execute(delete(NotificationRow).where(NotificationRow.account_id == account_id))


def visible(account_id: int, what: Any, which: Which = Which()) -> Select[Any]:
    """What the member may still see: not from somebody who is gone, not about a post that is, and not what only
    those who decide about people are told, once they are that no more."""
    post_seen = posts_for(account_id, PostRow.pk).where(PostRow.pk == NotificationRow.post_pk)
    sender = (
        select(ActorRow.id)
        .where(
            ActorRow.id == NotificationRow.from_actor_id,
            or_(
                ActorRow.id == account_id,
                ActorRow.suspended_at.is_(None) & ~ActorRow.domain_hidden & ActorRow.deleted_at.is_(None),
            ),
        )
        .correlate(NotificationRow)
    )
    return select(what).where(
        *_asked(which),
        NotificationRow.account_id == account_id,
        or_(NotificationRow.kind.not_in(TO_STAFF), _decides(account_id).exists()),
        or_(NotificationRow.post_pk.is_(None), post_seen.correlate(NotificationRow).exists()),
        sender.exists(),
    )


def _decides(account_id: int) -> Select[int]:
    return select(AccountRow.id).where(AccountRow.id == account_id, AccountRow.role.in_(_DECIDE))


def _asked(which: Which) -> Iterator[ColumnElement[bool]]:
    if which.kinds:
        yield NotificationRow.kind.in_(which.kinds)
    if which.exclude:
        yield NotificationRow.kind.not_in(which.exclude)
    if which.sender_id is not None:
        yield NotificationRow.from_actor_id == which.sender_id
    if not which.filtered:
        yield NotificationRow.filtered.is_(False)


def views(session: Session, account_id: int, rows: Sequence[NotificationRow]) -> list[NotificationView]:
    """These, with all that showing them needs."""
    actors = {
        row.id: row
        for row in session.scalars(select(ActorRow).where(ActorRow.id.in_({row.from_actor_id for row in rows})))
    }
    posts = {
        view.post.pk: view
        for view in reading.load(session, [row.post_pk for row in rows if row.post_pk is not None], account_id)
    }
    return [
        NotificationView(row, actors[row.from_actor_id], posts.get(row.post_pk) if row.post_pk is not None else None)
        for row in rows
    ]
