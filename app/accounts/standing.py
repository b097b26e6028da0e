"""An author's standing as the app knows it, for the door: in a batch, in a handful of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, and_, bindparam, exists, func, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from app.accounts import traits
from app.accounts.tables import ActorKind, ActorRow
from app.federation.tables import InstanceRow
from app.relationships.tables import FollowRow, FollowState
from models.signups import SignUp
from moderation.rows import ask
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


def of_ids(session: Session, actor_ids: Collection[int], now: datetime) -> dict[int, Author]:
    """As `authors`, of actors that nobody has loaded: in one query, and two more where somebody is new here."""
    found = list(ask(session, _STANDING, {"actors": list(actor_ids)})) if actor_ids else []
    new = [row for row in found if now - row.created_at < traits.KEPT]
    lately = _lately(session, [row.id for row in new], now)
    signed_up = traits.of(session, [row.id for row in new if row.local])
    return {
        row.id: _author(row, _Follows(row.followers, lately.get(row.id, 0)), row.domain_made_at, signed_up.get(row.id))
        for row in found
    }


def _standing() -> Select[*tuple[Any, ...]]:
    follower = aliased(ActorRow)
    followers = (
        select(func.count())
        .select_from(FollowRow)
        .join(follower, follower.id == FollowRow.follower_id)
        .where(FollowRow.target_id == ActorRow.id, FollowRow.state == FollowState.ACCEPTED, follower.local)
        .scalar_subquery()
    )
    return (
        select(
            ActorRow.id,
            ActorRow.uri,
            ActorRow.domain,
            ActorRow.local,
            ActorRow.username,
            ActorRow.kind,
            ActorRow.bot,
            ActorRow.published_at,
            ActorRow.created_at,
            ActorRow.silenced_at,
            ActorRow.domain_silenced.label("domain_silenced"),
            followers.label("followers"),
            InstanceRow.first_nodeinfo_at.label("domain_made_at"),
        )
        .outerjoin(InstanceRow, and_(InstanceRow.domain == ActorRow.domain, ~ActorRow.local))
        .where(ActorRow.id.in_(bindparam("actors", expanding=True)))
    )


_STANDING = _standing()
"""Made once: building it costs more than asking."""


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
    return {row[0]: row[1] for row in ask(session, _FOLLOWERS_HERE, {"actors": list(actor_ids)})}


def _lately(session: Session, new: Sequence[int], now: datetime) -> dict[int, int]:
    given = {"new": list(new), "since": now - FOLLOWS_LOOKED_AT, "now": now}
    return {row[0]: row[2] for row in ask(session, _LATELY, given)} if new else {}


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
_LATELY = (
    select(FollowRow.follower_id, literal(0), func.count())
    .where(
        FollowRow.follower_id.in_(bindparam("new", expanding=True)),
        FollowRow.created_at.between(bindparam("since"), bindparam("now")),
        ~exists().where(_BACK.follower_id == FollowRow.target_id, _BACK.target_id == FollowRow.follower_id),
    )
    .group_by(FollowRow.follower_id)
)
_BOTH = union_all(_FOLLOWERS_HERE.add_columns(literal(0)), _LATELY)


def _domains_made_at(session: Session, domains: set[str]) -> dict[str, datetime | None]:
    if not domains:
        return {}
    rows = session.execute(
        select(InstanceRow.domain, InstanceRow.first_nodeinfo_at).where(InstanceRow.domain.in_(domains))
    )
    return {row[0]: row[1] for row in rows}


def _author(actor: Any, follows: _Follows, domain_made_at: datetime | None, signup: SignUp | None) -> Author:
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
