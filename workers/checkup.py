"""The doctor's checks: each looks at one thing and says how it is, in one line."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.clock import SystemClock
from app.database import migrate
from app.database.engine import Database
from app.settings import Settings
from app.stores.client import make_redis
from moderation.alarms import Alarm
from workers import checkup_models
from workers.answers import Answer, ask

LEAST_FREE_BYTES = 1024**3
CLOCK_TOLERANCE = timedelta(seconds=30)
WRITTEN = datetime(2026, 1, 1, tzinfo=UTC)
"""A clock that shows less than this was never set."""


def database(settings: Settings) -> Answer:
    """It answers, and has this version's tables."""
    db = Database(settings.database_url, pool_size=1)
    try:
        status = migrate.status(db)
    except SQLAlchemyError as error:
        return Answer(False, f"doesn't answer: {error}".splitlines()[0])
    finally:
        db.dispose()
    if not status.up_to_date:
        return Answer(False, f"stands at {status.current}, this version wants {status.newest}: `ostiary db upgrade`")
    return Answer(True, f"answers, at {status.current}")


def whole(settings: Settings) -> Answer:
    """SQLite's own check of its file; PostgreSQL has its own tools."""
    if not settings.sqlite:
        return Answer(True, "PostgreSQL: see pg_amcheck")
    db = Database(settings.database_url, pool_size=1)
    with db.read() as session:
        found = session.execute(text("PRAGMA quick_check")).scalar()
    db.dispose()
    return Answer(found == "ok", str(found))


def redis(settings: Settings) -> Answer:
    """It answers. The embedded one does so only while `run` runs."""
    socket = settings.redis_url.removeprefix("unix://")
    if settings.redis_url.startswith("unix://") and not Path(socket).exists():
        return Answer(True, "embedded, and not running now")
    client = make_redis(settings)
    try:
        client.ping()
        return Answer(True, "answers")
    except RedisError as error:
        return Answer(False, f"doesn't answer: {error}")
    finally:
        client.close()


def disk(settings: Settings) -> Answer:
    """There is room."""
    free = shutil.disk_usage(settings.data_dir).free
    return Answer(free > LEAST_FREE_BYTES, f"{free // 1024**2} MB free")


def media(settings: Settings) -> Answer:
    """Where media lie takes them and gives them back, and a bucket gives nothing to whoever has no key."""
    if settings.s3 is None:
        return Answer(True, "on disk")
    from app.objects.bucket import Bucket, BucketError

    name, body = f"doctor/{secrets.token_hex(12)}", secrets.token_bytes(64)
    bucket = Bucket(settings.s3)
    try:
        bucket.put(name, body)
        if bucket.get(name) != body or [found for found, _size in bucket.listed(name)] != [name]:
            return Answer(False, f"{settings.s3.bucket} doesn't give back what it took")
        if bucket.is_open(name):
            return Answer(False, f"anybody can read {settings.s3.bucket}: what is held lies there too; make it private")
        bucket.remove(name)
    except BucketError as error:
        return Answer(False, f"{settings.s3.endpoint}/{settings.s3.bucket}: {error}")
    finally:
        bucket.close()
    return Answer(True, f"in the bucket {settings.s3.bucket}, closed to others")


def private(settings: Settings) -> Answer:
    """Nobody else on this machine can read the data directory."""
    mode = settings.data_dir.stat().st_mode & 0o077
    return Answer(mode == 0, "closed to others" if mode == 0 else f"others can read it: chmod 700 {settings.data_dir}")


def clock(settings: Settings) -> Answer:
    """The machine's clock is set, and not behind what the database holds: signatures depend on it."""
    now = SystemClock().now()
    if now < WRITTEN:
        return Answer(False, f"shows {now:%Y-%m-%d %H:%M}: it was never set")
    newest = _newest(settings)
    if newest is not None and newest > now + CLOCK_TOLERANCE:
        return Answer(False, f"shows {now:%Y-%m-%d %H:%M}, but something was stored at {newest:%Y-%m-%d %H:%M}")
    return Answer(True, f"shows {now:%Y-%m-%d %H:%M} UTC")


def _newest(settings: Settings) -> datetime | None:
    from sqlalchemy import func, select

    from app.federation.tables import InboxActivityRow

    db = Database(settings.database_url, pool_size=1)
    try:
        with db.read() as session:
            return session.scalar(select(func.max(InboxActivityRow.received_at)))
    except SQLAlchemyError:
        return None  # the database's own line says so
    finally:
        db.dispose()


def domain(settings: Settings) -> Answer:
    """What others know this server by."""
    if settings.trial:
        return Answer(True, "a trial: it can't be kept, and federates with nothing")
    return Answer(True, settings.base_url)


def log(settings: Settings) -> Answer:
    """The record of what staff did is whole: nothing in it was changed, left out or put in."""
    from moderation.log import chain

    def look(session: Session) -> Answer:
        broken, (seq, newest) = chain.verify(session), chain.head(session)
        if broken is not None:
            return Answer(False, f"the record of what staff did was changed at event {broken}")
        return Answer(True, f"{seq} events, whole; the last is {newest[:16]}" if seq else "nothing yet")

    return ask(settings, look)


def queues(settings: Settings) -> Answer:
    """Each named queue gets cases, and somebody here has the role that it asks for."""
    from app.workforce import coverage
    from moderation.queues import covering, keeping

    def look(session: Session) -> Answer:
        live = keeping.live(session)
        faults = [
            f"{each.name!r} asks for a {each.required_role}, and nobody here is one"
            for each in coverage.unreached(session, SystemClock().now())
        ]
        faults += [
            f"{each.name!r} never gets a case: {taker.name!r}, asked before it, takes all of them"
            for each, taker in covering.shadowed(live)
        ]
        return Answer(
            not faults, "; ".join(faults) or (f"{len(live)} in use" if live else "none: all cases are one queue")
        )

    return ask(settings, look)


def due(settings: Settings) -> Answer:
    """Somebody is on shift, or nothing is past its due time."""
    from app.workforce import coverage

    def look(session: Session) -> Answer:
        late = coverage.past_due(session, SystemClock().now())
        if not late:
            return Answer(True, "nothing is past its due time with nobody there")
        said = ", ".join(f"{count} in {name!r}" for name, count in sorted(late.items()))
        return Answer(False, f"past their due time, and nobody is on shift: {said}")

    return ask(settings, look)


def holds(settings: Settings) -> Answer:
    """Every hold has an end, and those whose time is over were ended."""
    from moderation.holds import stuck

    def look(session: Session) -> Answer:
        endless, late = stuck.endless(session), stuck.late(session, SystemClock().now())
        faults = [f"{endless} wait for a decision on a case that is closed"] if endless else []
        faults += [f"{late} should have ended by themselves and didn't: is the scheduler running?"] if late else []
        return Answer(not faults, "; ".join(faults) or "each has an end")

    return ask(settings, look)


def drift(settings: Settings) -> Answer:
    """What comes is like what the text model knows, and people agree with it as often as it is sure."""
    from moderation import alarms
    from moderation.drift import alarming

    def look(session: Session) -> Answer:
        up = {each.name: each for each in alarms.current(session) if each.name in alarming.NAMES}
        faults = []
        if alarming.DRIFT in up:
            faults.append("the last week differs in " + _which(up[alarming.DRIFT]))
        if alarming.CALIBRATION in up:
            faults.append("people disagree with the text model about " + _which(up[alarming.CALIBRATION]))
        return Answer(not faults, "; ".join(faults) + ": /review/model/drift" if faults else "nothing noticed")

    return ask(settings, look)


def _which(alarm: Alarm) -> str:
    return ", ".join(map(str, alarm.details.get("which", ())))


CHECKS: tuple[tuple[str, Callable[[Settings], Answer]], ...] = (
    ("domain", domain),
    ("data directory", private),
    ("disk", disk),
    ("media", media),
    ("database", database),
    ("database file", whole),
    ("redis", redis),
    ("clock", clock),
    ("text model", checkup_models.text),
    ("second stage", checkup_models.second_stage),
    ("behaviour model", checkup_models.behaviour),
    ("context model", checkup_models.context),
    ("picture model", checkup_models.pictures),
    ("log", log),
    ("queues", queues),
    ("due times", due),
    ("holds", holds),
    ("drift", drift),
)
