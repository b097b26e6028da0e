"""An author's standing as the app knows it, for the door: in a batch, in a handful of queries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.tables import ActorKind, ActorRow
from app.federation.tables import InstanceRow
from app.relationships.tables import FollowRow, FollowState
from moderation.rows import ask
from moderation.values import Author, Origin


def authors(session: Session, actors: Sequence[ActorRow]) -> dict[int, Author]:
    """Each actor as moderation's Author, by actor id. The record of verdicts is added by moderation itself."""
    followers = followers_here(session, [actor.id for actor in actors])
    domains = _domains_made_at(session, {actor.domain for actor in actors if not actor.local})
    return {actor.id: _author(actor, followers.get(actor.id, 0), domains.get(actor.domain)) for actor in actors}


def of_ids(session: Session, actor_ids: Collection[int]) -> dict[int, Author]:
    """As `authors`, of actors that nobody has loaded: in one query."""
    found = ask(session, _STANDING, {"actors": list(actor_ids)}) if actor_ids else ()
    return {row.id: _author(row, row.followers, row.domain_made_at) for row in found}


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


def author_of(session: Session, actor: ActorRow) -> Author:
    """One actor as moderation's Author."""
    return authors(session, [actor])[actor.id]


def followers_here(session: Session, actor_ids: Sequence[int]) -> dict[int, int]:
    """How many members of ours follow each; those with none are left out."""
    if not actor_ids:
        return {}
    return {row[0]: row[1] for row in ask(session, _FOLLOWERS_HERE, {"actors": list(actor_ids)})}


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


def _domains_made_at(session: Session, domains: set[str]) -> dict[str, datetime | None]:
    if not domains:
        return {}
    rows = session.execute(
        select(InstanceRow.domain, InstanceRow.first_nodeinfo_at).where(InstanceRow.domain.in_(domains))
    )
    return {row[0]: row[1] for row in rows}


def _author(actor: Any, followers: int, domain_made_at: datetime | None) -> Author:
    return Author(
        uri=actor.uri,
        domain=actor.domain,
        origin=Origin.LOCAL if actor.local else Origin.REMOTE,
        handle=f"{actor.username}@{actor.domain}",
        made_at=actor.published_at,
        domain_made_at=domain_made_at,
        followers_here=followers,
        bot=actor.bot or actor.kind in (ActorKind.SERVICE, ActorKind.APPLICATION),
        silenced=actor.silenced_at is not None or actor.domain_silenced,
    )
