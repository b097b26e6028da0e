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

from app.accounts import addresses
from app.accounts.tables import AccountRow
from app.instance.tables import ActiveDayRow, ActiveWeekRow
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services

log = structlog.get_logger()
WEEKS = 12
KEY = "ostiary:instance:activity"
KEPT_SECONDS = 3600
DAYS_KEPT = timedelta(days=400)
SEEN_EVERY = timedelta(hours=6)
"""How exactly it is kept when a member was here last, within a day: for counting, and no closer than that."""
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
    day = day_of(at)
    return day - timedelta(days=day.weekday())


def is_due(seen_at: datetime, now: datetime) -> bool:
    """Whether it's worth remembering that a member is here: a while has gone by, or it's another day."""
    return now - seen_at > SEEN_EVERY or day_of(seen_at) != day_of(now)


def mark_seen(services: Services, account_id: int, address: str = "") -> None:
    """A member was here, from there: remembered with them, and counted once a week and once a day."""
    now = services.clock.now()
    week, day = week_of(now), day_of(now)
    with services.db.write() as session:
        addresses.note(session, services, account_id, address)
        if _seen_since(session, account_id, week, now):
            _add(session, ActiveWeekRow, week)
            _add(session, ActiveDayRow, day)
        elif _seen_since(session, account_id, day, now):
            _add(session, ActiveDayRow, day)
        else:
            session.execute(update(AccountRow).where(AccountRow.id == account_id).values(last_seen_at=now))


def day_of(at: datetime) -> datetime:
    """When its day begins."""
    return at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def forget(session: Session, now: datetime) -> int:
    """Drop the weeks and days that nobody is told of any more; how many."""
    old = delete(ActiveWeekRow).where(ActiveWeekRow.begins_at < week_of(now) - (WEEKS + 1) * _WEEK)
    older = delete(ActiveDayRow).where(ActiveDayRow.begins_at < now - DAYS_KEPT)
    weeks = session.scalars(old.returning(ActiveWeekRow.begins_at)).all()
    return len(weeks) + len(session.scalars(older.returning(ActiveDayRow.begins_at)).all())


def _seen_since(session: Session, account_id: int, begun_at: datetime, now: datetime) -> bool:
    """Whether it's the first time since then; if so, it's remembered. Two at once count as one."""
    first = or_(AccountRow.last_seen_at.is_(None), AccountRow.last_seen_at < begun_at)
    mine = update(AccountRow).where(AccountRow.id == account_id, first).values(last_seen_at=now)
    return session.scalar(mine.returning(AccountRow.id)) is not None


def _add(session: Session, table: type[ActiveWeekRow] | type[ActiveDayRow], begins_at: datetime) -> None:
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    counted = dialect.insert(table).values(begins_at=begins_at, members=1)
    session.execute(counted.on_conflict_do_update(index_elements=["begins_at"], set_={"members": table.members + 1}))


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
