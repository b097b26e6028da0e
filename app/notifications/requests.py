"""Notifications that were kept apart, by whom they are from: looked at, let in, or put away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.errors import NotFoundError
from app.ids import IDS
from app.notifications.tables import NotificationPermissionRow, NotificationRequestRow, NotificationRow
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.services import Services
from app.stores import events

MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Request:
    """Somebody whose notifications are kept apart: how many, and the last post among them that may be seen."""

    row: NotificationRequestRow
    actor: ActorRow
    count: int
    post: PostView | None


def keep(session: Session, pairs: Collection[tuple[int, int]], now: datetime) -> None:
    """Somebody's notification was kept apart: there is one request for all of theirs."""
    for account_id, from_actor_id in sorted(set(pairs)):
        row = session.scalar(_of(account_id).where(NotificationRequestRow.from_actor_id == from_actor_id))
        if row is None:
            row = NotificationRequestRow(
                id=IDS.take(now), account_id=account_id, from_actor_id=from_actor_id, created_at=now
            )
            session.add(row)
        row.updated_at = now


def page(session: Session, account_id: int, paging: Paging) -> list[Request]:
    """A page of them, who came last first."""
    query = by_id(_open(account_id), NotificationRequestRow.id, paging)
    return _views(session, account_id, newest_first(session.scalars(query).all(), paging))


def one(session: Session, account_id: int, request_id: int) -> Request:
    """One of the member's own. Raises NotFoundError."""
    views = _views(
        session, account_id, session.scalars(_of(account_id).where(NotificationRequestRow.id == request_id)).all()
    )
    if not views:
        raise NotFoundError
    return views[0]


def accept(services: Services, account_id: int, request_ids: Sequence[int]) -> None:
    """Let in what these people sent, and what they will send. Raises NotFoundError where one isn't the member's."""
    with services.db.write() as session:
        for row in _require(session, account_id, request_ids):
            session.merge(NotificationPermissionRow(account_id=account_id, from_actor_id=row.from_actor_id))
            session.execute(
                update(NotificationRow)
                .where(NotificationRow.account_id == account_id, NotificationRow.from_actor_id == row.from_actor_id)
                .values(filtered=False)
            )
            session.delete(row)
        channels = [events.user_channel(account_id)]
        after_commit(session, lambda: events.publish(services.redis, channels, "notifications_merged", {}))


def dismiss(services: Services, account_id: int, request_ids: Sequence[int]) -> None:
    """Put these away: what they sent is forgotten, what they send will be kept apart anew. Raises NotFoundError."""
    with services.db.write() as session:
        for row in _require(session, account_id, request_ids):
            session.execute(
                delete(NotificationRow).where(
                    NotificationRow.account_id == account_id,
                    NotificationRow.from_actor_id == row.from_actor_id,
                    NotificationRow.filtered,
                )
            )
            session.delete(row)


def waiting(session: Session, account_id: int) -> tuple[int, int]:
    """How many people wait, and with how many notifications; each up to MOST_COUNTED."""
    people = select(NotificationRequestRow.id).where(NotificationRequestRow.account_id == account_id)
    kept = select(NotificationRow.id).where(NotificationRow.account_id == account_id, NotificationRow.filtered)
    return _count(session, people), _count(session, kept)


def _count(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(MOST_COUNTED).subquery())) or 0


def _of(account_id: int) -> Select[NotificationRequestRow]:
    return select(NotificationRequestRow).where(NotificationRequestRow.account_id == account_id)


def _open(account_id: int) -> Select[NotificationRequestRow]:
    """Whoever is gone asks nothing any more."""
    here = ActorRow.suspended_at.is_(None) & ActorRow.deleted_at.is_(None) & ~ActorRow.domain_hidden
    return _of(account_id).join(ActorRow, ActorRow.id == NotificationRequestRow.from_actor_id).where(here)


def _require(session: Session, account_id: int, request_ids: Sequence[int]) -> list[NotificationRequestRow]:
    rows = list(session.scalars(_of(account_id).where(NotificationRequestRow.id.in_(request_ids))))
    if len(rows) != len(set(request_ids)):
        raise NotFoundError
    return rows


def _views(session: Session, account_id: int, rows: Sequence[NotificationRequestRow]) -> list[Request]:
    senders = [row.from_actor_id for row in rows]
    actors = {row.id: row for row in session.scalars(select(ActorRow).where(ActorRow.id.in_(senders)))}
    kept = session.execute(
        select(NotificationRow.from_actor_id, func.count(), func.max(NotificationRow.post_pk))
        .where(
            NotificationRow.account_id == account_id,
            NotificationRow.from_actor_id.in_(senders),
            NotificationRow.filtered,
        )
        .group_by(NotificationRow.from_actor_id)
    )
    counted: dict[int, tuple[int, int | None]] = {sender: (count, pk) for sender, count, pk in kept}
    pks = [pk for _count, pk in counted.values() if pk is not None]
    posts = {view.post.pk: view for view in reading.load(session, pks, account_id)}
    found = []
    for row in rows:
        count, pk = counted.get(row.from_actor_id, (0, None))
        found.append(Request(row, actors[row.from_actor_id], count, posts.get(pk) if pk is not None else None))
    return found
