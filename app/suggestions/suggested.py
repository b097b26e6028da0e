"""Whom a member might want to follow: whom the house recommends, then whom those whom they follow follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorRow
from app.instance import facts
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.suggestions.findable import findable, welcome_to
from app.suggestions.tables import DismissedSuggestionRow

FACT = "suggested_people"


class Source(StrEnum):
    """Why somebody is suggested, in Mastodon's words."""

    FEATURED = "featured"
    FRIENDS_OF_FRIENDS = "friends_of_friends"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Somebody, and why."""

    actor: ActorRow
    sources: tuple[Source, ...]


def suggest(session: Session, account_id: int, now: datetime, limit: int) -> list[Suggestion]:
    """Suggestions for a member: the house's first, then those whom most of those whom they follow follow."""
    recommended = session.scalars(
        _candidates(account_id, now).where(ActorRow.id.in_(facts.get(session, FACT, []))).order_by(ActorRow.id)
    ).all()
    friends = _friends_of_friends(session, account_id, now, limit)
    both = {row.id for row in recommended} & {row.id for row in friends}
    found = [Suggestion(row, (Source.FEATURED, *_also(row.id in both))) for row in recommended]
    found += [Suggestion(row, (Source.FRIENDS_OF_FRIENDS,)) for row in friends if row.id not in both]
    return found[:limit]


def dismiss(services: Services, account_id: int, target_id: int) -> None:
    """Don't suggest somebody again; who isn't there, or wasn't suggested, is no error."""
    with services.db.write() as session:
        if session.get(ActorRow, target_id) is not None:
            session.merge(DismissedSuggestionRow(account_id=account_id, target_id=target_id))


def _also(followed: bool) -> tuple[Source, ...]:
    return (Source.FRIENDS_OF_FRIENDS,) if followed else ()


def _candidates(account_id: int, now: datetime) -> Select[ActorRow]:
    """Those whom the member neither follows, nor asked to, nor dismissed."""
    follows = exists().where(FollowRow.follower_id == account_id, FollowRow.target_id == ActorRow.id)
    dismissed = exists().where(
        DismissedSuggestionRow.account_id == account_id, DismissedSuggestionRow.target_id == ActorRow.id
    )
    return select(ActorRow).where(
        ActorRow.id != account_id, findable(), welcome_to(account_id, now), ~follows, ~dismissed
    )


def _friends_of_friends(session: Session, account_id: int, now: datetime, limit: int) -> list[ActorRow]:
    """Who hides whom they follow tells nobody here either."""
    mine, theirs, friend = aliased(FollowRow), aliased(FollowRow), aliased(ActorRow)
    counted = (
        select(theirs.target_id, func.count().label("friends"))
        .join(mine, mine.target_id == theirs.follower_id)
        .join(friend, friend.id == mine.target_id)
        .where(
            mine.follower_id == account_id,
            mine.state == FollowState.ACCEPTED,
            theirs.state == FollowState.ACCEPTED,
            friend.hides_follows.is_(False),
        )
        .group_by(theirs.target_id)
        .subquery()
    )
    query = _candidates(account_id, now).join(counted, counted.c.target_id == ActorRow.id)
    order = (counted.c.friends.desc(), ActorRow.followers_count.desc(), ActorRow.id)
    return list(session.scalars(query.order_by(*order).limit(limit)))
