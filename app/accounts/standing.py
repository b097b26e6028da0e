"""An author's standing as the app knows it, for the door: in a batch, in a handful of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts import traits
from app.accounts.tables import ActorKind, ActorRow
from app.federation.tables import InstanceRow
from app.relationships.tables import FollowRow, FollowState
from models.signups import SignUp
from moderation.values import Author, Origin

FOLLOWS_LOOKED_AT: Final = timedelta(hours=6)
"""How far back the follows of somebody new are counted."""


def authors(session: Session, actors: Sequence[ActorRow], now: datetime) -> dict[int, Author]:
    """Each actor as moderation's Author, by actor id. The record of verdicts is added by moderation itself."""
    new = [actor for actor in actors if now - actor.created_at < traits.KEPT]
    follows = _follows(session, [actor.id for actor in actors], [actor.id for actor in new], now)
    domains = _domains_made_at(session, {actor.domain for actor in actors if not actor.local})
    signed_up = traits.of(session, [actor.id for actor in new if actor.local])
    return {
        actor.id: _author(actor, follows.get(actor.id, _NOBODY), domains.get(actor.domain), signed_up.get(actor.id))
        for actor in actors
    }


def author_of(session: Session, actor: ActorRow, now: datetime) -> Author:
    """One actor as moderation's Author."""
    return authors(session, [actor], now)[actor.id]


@dataclass(frozen=True, slots=True)
class _Follows:
    """How many members of ours follow somebody, and how many strangers they followed lately."""

    followers: int = 0
    lately: int = 0


_NOBODY: Final = _Follows()


def _follows(session: Session, actor_ids: Sequence[int], new: Sequence[int], now: datetime) -> dict[int, _Follows]:
    """One statement for both; nobody's own follows are looked at who isn't new here."""
    if not new:
        return {number: _Follows(count) for number, count in followers_here(session, actor_ids).items()}
    given = {"actors": list(actor_ids), "new": list(new), "since": now - FOLLOWS_LOOKED_AT, "now": now}
    found: dict[int, _Follows] = {}
    for number, followers, lately in session.execute(_BOTH, given):
        before = found.get(number, _NOBODY)
        found[number] = _Follows(before.followers + followers, before.lately + lately)
    return found


def followers_here(session: Session, actor_ids: Sequence[int]) -> dict[int, int]:
    """How many members of ours follow each; those with none are left out."""
    if not actor_ids:
        return {}
    return {row[0]: row[1] for row in session.execute(_FOLLOWERS_HERE, {"actors": list(actor_ids)})}


_FOLLOWERS_HERE = (
    select(FollowRow.target_id, func.count())
    .join(ActorRow, ActorRow.id == FollowRow.follower_id)
    .where(
        FollowRow.target_id.in_(bindparam("actors", expanding=True)),
        FollowRow.state == FollowState.ACCEPTED,
        ActorRow.local,
    )
    .group_by(FollowRow.target_id)
)
_BACK = aliased(FollowRow)
_BOTH = union_all(
    _FOLLOWERS_HERE.add_columns(literal(0)),
    select(FollowRow.follower_id, literal(0), func.count())
    .where(
        FollowRow.follower_id.in_(bindparam("new", expanding=True)),
        FollowRow.created_at.between(bindparam("since"), bindparam("now")),
        ~exists().where(_BACK.follower_id == FollowRow.target_id, _BACK.target_id == FollowRow.follower_id),
    )
    .group_by(FollowRow.follower_id),
)


def _domains_made_at(session: Session, domains: set[str]) -> dict[str, datetime | None]:
    if not domains:
        return {}
    rows = session.execute(
        select(InstanceRow.domain, InstanceRow.first_nodeinfo_at).where(InstanceRow.domain.in_(domains))
    )
    return {row[0]: row[1] for row in rows}


def _author(actor: ActorRow, follows: _Follows, domain_made_at: datetime | None, signup: SignUp | None) -> Author:
    return Author(
        uri=actor.uri,
        domain=actor.domain,
        origin=Origin.LOCAL if actor.local else Origin.REMOTE,
        handle=f"{actor.username}@{actor.domain}",
        made_at=actor.published_at,
        domain_made_at=domain_made_at,
        followers_here=follows.followers,
        bot=actor.bot or actor.kind in (ActorKind.SERVICE, ActorKind.APPLICATION),
        silenced=actor.silenced_at is not None or actor.domain_silenced,
        signup=signup,
        followed_lately=follows.lately,
    )
