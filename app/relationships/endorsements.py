"""Whom a member recommends on their profile: people whom they follow, for everybody to see."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.accounts import lookup, writers
from app.accounts.tables import ActorRow
from app.errors import InvalidError
from app.ids import IDS
from app.paging import Paging, by_id, newest_first
from app.posts.visibility import standing
from app.relationships.relations import Listed
from app.relationships.tables import EndorsementRow, FollowRow, FollowState
from app.services import Services


def endorse(services: Services, account_id: int, target_id: int) -> None:
    """Recommend somebody; twice is once. Raises NotFoundError, InvalidError for who isn't followed."""
    now = services.clock.now()
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        lookup.by_id(session, target_id)
        follows = select(FollowRow.id).where(
            FollowRow.follower_id == account_id,
            FollowRow.target_id == target_id,
            FollowRow.state == FollowState.ACCEPTED,
        )
        if session.scalar(follows) is None:
            raise InvalidError("Validation failed: You must be already following the person you want to endorse")
        there = select(EndorsementRow.id).where(
            EndorsementRow.account_id == account_id, EndorsementRow.target_id == target_id
        )
        if session.scalar(there) is None:
            session.add(EndorsementRow(id=IDS.take(now), account_id=account_id, target_id=target_id, created_at=now))


def withdraw(services: Services, account_id: int, target_id: int) -> None:
    """Recommend them no longer; none is no error."""
    with services.db.write() as session:
        session.execute(
            delete(EndorsementRow).where(EndorsementRow.account_id == account_id, EndorsementRow.target_id == target_id)
        )


def page(session: Session, account_id: int, paging: Paging) -> list[Listed]:
    """Whom a member recommends, the latest first; who is suspended or gone isn't named."""
    query: Select[Any, Any] = (
        select(EndorsementRow, ActorRow)
        .join(ActorRow, ActorRow.id == EndorsementRow.target_id)
        .where(EndorsementRow.account_id == account_id, standing(ActorRow))
    )
    rows = newest_first(session.execute(by_id(query, EndorsementRow.id, paging)).all(), paging)
    return [Listed(row.id, actor) for row, actor in rows]
