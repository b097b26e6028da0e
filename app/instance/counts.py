"""How many: members, posts, peers; counted every ten minutes at most."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

import orjson
import structlog
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow
from app.clock import Clock
from app.federation.tables import InstanceRow
from app.posts.tables import PostRow, PostState
from app.services import Services

log = structlog.get_logger()
KEY = "ostiary:instance:counts"
KEPT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Counts:
    """Of this instance, as NodeInfo and the client API tell them."""

    members: int
    active_month: int
    active_half_year: int
    posts: int
    domains: int


def counts(services: Services) -> Counts:
    """The counts, at most ten minutes old."""
    try:
        kept = services.redis.get(KEY)
    except RedisError as error:
        log.warning("counts_not_cached", error=str(error))
        return _count(services)
    if isinstance(kept, bytes):
        return Counts(**orjson.loads(kept))
    fresh = _count(services)
    _keep(services, fresh)
    return fresh


def _keep(services: Services, fresh: Counts) -> None:
    try:
        services.redis.set(KEY, orjson.dumps(asdict(fresh)), ex=KEPT_SECONDS)
    except RedisError as error:
        log.warning("counts_not_cached", error=str(error))


def _count(services: Services) -> Counts:
    with services.db.read() as session:
        return Counts(
            members=_members(session),
            active_month=_active(session, services.clock, timedelta(days=30)),
            active_half_year=_active(session, services.clock, timedelta(days=180)),
            posts=session.scalar(
                select(func.count())
                .select_from(PostRow)
                .where(PostRow.local.is_(True), PostRow.state == PostState.PUBLISHED, PostRow.boost_of_pk.is_(None))
            )
            or 0,
            domains=session.scalar(select(func.count()).select_from(InstanceRow)) or 0,
        )


def _members(session: Session) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(AccountRow)
            .join(ActorRow, ActorRow.id == AccountRow.id)
            .where(AccountRow.approved_at.is_not(None), ActorRow.suspended_at.is_(None))
        )
        or 0
    )


def _active(session: Session, clock: Clock, within: timedelta) -> int:
    since = clock.now() - within
    return session.scalar(select(func.count()).select_from(AccountRow).where(AccountRow.last_seen_at >= since)) or 0
