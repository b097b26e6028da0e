"""The follow rows themselves: made, accepted and removed here alone, so that the counts beside them stay right."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.database.engine import after_commit
from app.ids import IDS
from app.lists.tables import ListMemberRow, ListRow
from app.notifications.tables import NotificationKind, NotificationRow
from app.relationships.tables import EndorsementRow, FollowRow, FollowState
from app.services import Services
from app.timelines import home


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to follow."""

    show_boosts: bool = True
    notify: bool = False
    languages: str = ""
    """As app.relationships.tongues has it."""


def find(session: Session, follower_id: int, target_id: int) -> FollowRow | None:
    """The follow or request of one for another."""
    return session.scalar(
        select(FollowRow).where(FollowRow.follower_id == follower_id, FollowRow.target_id == target_id)
    )


def followed_here(session: Session, actor_ids: Collection[int]) -> set[int]:
    """Which of these actors a member follows."""
    rows = session.scalars(
        select(FollowRow.target_id)
        .join(ActorRow, ActorRow.id == FollowRow.follower_id)
        .where(FollowRow.target_id.in_(actor_ids), FollowRow.state == FollowState.ACCEPTED, ActorRow.local)
    )
    return set(rows)


def new_uri(services: Services, kind: str) -> str:
    """A URI for an activity of ours that nobody can guess and nothing else has."""
    return services.settings.url(f"/activities/{kind}/{secrets.token_urlsafe(16)}")


def make(session: Session, services: Services, follower: ActorRow, target: ActorRow, uri: str, wish: Wish) -> FollowRow:
    """A request, not yet accepted."""
    now = services.clock.now()
    row = FollowRow(
        id=IDS.take(now),
        follower_id=follower.id,
        target_id=target.id,
        state=FollowState.REQUESTED,
        uri=uri,
        show_boosts=wish.show_boosts,
        notify=wish.notify,
        languages=wish.languages,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def accept(session: Session, services: Services, row: FollowRow) -> bool:
    """Make a request a follow; False if it was one."""
    if row.state is FollowState.ACCEPTED:
        return False
    row.state = FollowState.ACCEPTED
    session.flush()
    _count(session, row, +1)
    _tell_feed(session, services, row, followed=True)
    return True


def remove(session: Session, services: Services, row: FollowRow) -> None:
    """End it, and forget the request's notification: there's nothing left to answer."""
    if row.state is FollowState.ACCEPTED:
        _count(session, row, -1)
        _tell_feed(session, services, row, followed=False)
    forget_request(session, row)
    _leaves_lists(session, row)
    _isnt_recommended(session, row)
    session.delete(row)
    session.flush()


def forget_request(session: Session, row: FollowRow) -> None:
    """Take back the notification that asks for an answer."""
    session.execute(
        delete(NotificationRow).where(
            NotificationRow.account_id == row.target_id,
            NotificationRow.from_actor_id == row.follower_id,
            NotificationRow.kind == NotificationKind.FOLLOW_REQUEST,
        )
    )


def _leaves_lists(session: Session, row: FollowRow) -> None:
    """Only who is followed can be on a list."""
    lists = select(ListRow.id).where(ListRow.account_id == row.follower_id)
    session.execute(
        delete(ListMemberRow).where(ListMemberRow.actor_id == row.target_id, ListMemberRow.list_id.in_(lists))
    )


def _isnt_recommended(session: Session, row: FollowRow) -> None:
    """Nor can anybody else be recommended."""
    session.execute(
        delete(EndorsementRow).where(
            EndorsementRow.account_id == row.follower_id, EndorsementRow.target_id == row.target_id
        )
    )


def _count(session: Session, row: FollowRow, by: int) -> None:
    session.execute(
        update(ActorRow)
        .where(ActorRow.id == row.target_id, ActorRow.followers_count + by >= 0)
        .values(followers_count=ActorRow.followers_count + by)
    )
    session.execute(
        update(ActorRow)
        .where(ActorRow.id == row.follower_id, ActorRow.following_count + by >= 0)
        .values(following_count=ActorRow.following_count + by)
    )


def _tell_feed(session: Session, services: Services, row: FollowRow, *, followed: bool) -> None:
    """A home feed changes with whom its reader follows; only members have one, and the timeline knows them."""
    follower_id, target_id = row.follower_id, row.target_id
    if session.get_one(ActorRow, follower_id).local:
        after_commit(session, lambda: home.follow_changed(services, follower_id, target_id, followed=followed))
