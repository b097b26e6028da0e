"""What goes on here, week by week: posts, members who were here, sign-ups. Numbers only, nothing of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import orjson
import structlog
from redis.exceptions import RedisError
from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.accounts.tables import AccountRow
from app.instance.tables import ActiveWeekRow
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services

log = structlog.get_logger()
WEEKS = 12
KEY = "ostiary:instance:activity"
KEPT_SECONDS = 3600
SEEN_EVERY = timedelta(hours=6)
"""How exactly it is kept when a member was here last: for counting, and no closer than that."""
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """One week, from its Monday, midnight UTC."""

    begins_at: datetime
    posts: int
    members: int
    sign_ups: int


def weeks(services: Services) -> list[Week]:
    """The last twelve, this one among them, the latest first; at most an hour old."""
    now = services.clock.now()
    begun = [week_of(now) - number * _WEEK for number in range(WEEKS)]
    counted = _kept(services) or _count(services, begun)
    return [Week(begins_at, *counted.get(_name(begins_at), (0, 0, 0))) for begins_at in begun]


def week_of(at: datetime) -> datetime:
    """When its week begins."""
    day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def mark_seen(services: Services, account_id: int) -> None:
    """A member was here: remembered with them, and counted once a week."""
    now = services.clock.now()
    week = week_of(now)
    mine = update(AccountRow).where(AccountRow.id == account_id).values(last_seen_at=now)
    new = mine.where(or_(AccountRow.last_seen_at.is_(None), AccountRow.last_seen_at < week))
    with services.db.write() as session:
        if session.scalar(new.returning(AccountRow.id)) is None:
            session.execute(mine)
        else:
            _add(session, week)


def forget(session: Session, now: datetime) -> int:
    """Drop the weeks that nobody is told of any more; how many."""
    old = delete(ActiveWeekRow).where(ActiveWeekRow.begins_at < week_of(now) - (WEEKS + 1) * _WEEK)
    return len(session.scalars(old.returning(ActiveWeekRow.begins_at)).all())


def _add(session: Session, week: datetime) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    counted = dialect.insert(ActiveWeekRow).values(begins_at=week, members=1)
    session.execute(
        counted.on_conflict_do_update(index_elements=["begins_at"], set_={"members": ActiveWeekRow.members + 1})
    )


def _count(services: Services, begun: Sequence[datetime]) -> dict[str, tuple[int, int, int]]:
    with services.db.read() as session:
        seen = select(ActiveWeekRow.begins_at, ActiveWeekRow.members).where(ActiveWeekRow.begins_at >= begun[-1])
        members = {begins_at: count for begins_at, count in session.execute(seen)}
        posts = _by_week(
            session,
            PostRow.published_at,
            begun,
            PostRow.local & (PostRow.state == PostState.PUBLISHED) & (PostRow.kind != PostKind.BOOST),
        )
        sign_ups = _by_week(session, AccountRow.created_at, begun, AccountRow.confirmed_at.is_not(None))
    counted = {_name(at): (posts[i], members.get(at, 0), sign_ups[i]) for i, at in enumerate(begun)}
    try:
        services.redis.set(KEY, orjson.dumps(counted), ex=KEPT_SECONDS)
    except RedisError as error:
        log.warning("activity_not_cached", error=str(error))
    return counted


def _by_week(
    session: Session, at: InstrumentedAttribute[datetime], begun: Sequence[datetime], which: ColumnElement[bool]
) -> list[int]:
    """How many in each week, in one pass."""
    each = [func.sum(case(((at >= begins_at) & (at < begins_at + _WEEK), 1), else_=0)) for begins_at in begun]
    row = session.execute(select(*each).where(which, at >= begun[-1])).one()
    return [int(count or 0) for count in row]


def _kept(services: Services) -> dict[str, tuple[int, int, int]] | None:
    try:
        kept = services.redis.get(KEY)
    except RedisError as error:
        log.warning("activity_not_cached", error=str(error))
        return None
    if not isinstance(kept, bytes):
        return None
    return {name: (posts, members, sign_ups) for name, (posts, members, sign_ups) in orjson.loads(kept).items()}


def _name(week: datetime) -> str:
    return week.date().isoformat()
