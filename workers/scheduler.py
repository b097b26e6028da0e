"""The scheduler: what is periodic, in one table. It looks at rows and asks for jobs; it judges and sends nothing.

Under `run` the supervisor is the scheduler, between two looks at its children.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.clock import Clock, SystemClock
from app.database.engine import Database
from app.settings import Settings
from app.stores import heartbeats
from app.stores.client import make_redis
from app.stores.jobs import Job
from app.stores.nudges import Nudger, RqNudger
from workers import waiting

log = structlog.get_logger()
MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


@dataclass(frozen=True)
class Ground:
    """What the scheduler stands on: less than Services, so that nothing heavy is loaded."""

    db: Database
    redis: Redis
    clock: Clock
    nudger: Nudger

    @classmethod
    def of(cls, settings: Settings) -> Ground:
        """The real one, with one connection of each kind."""
        redis = make_redis(settings)
        return cls(Database(settings.database_url, pool_size=1), redis, SystemClock(), RqNudger(redis))

    def let_go(self) -> None:
        """Close the connections; the next use opens them again."""
        self.db.dispose()
        self.redis.connection_pool.disconnect()


@dataclass(frozen=True)
class Task:
    """Something that is done again and again."""

    name: str
    every_seconds: float
    do: Callable[[Ground], None]


def sweep(jobs: Sequence[Job]) -> Callable[[Ground], None]:
    """A task that asks for those that have rows to deal with: finds what a lost nudge, a crash or a retry left."""

    def do(ground: Ground) -> None:
        for job in waiting.jobs(ground.db, ground.clock.now(), jobs):
            ground.nudger.nudge(job)

    return do


def asks(job: Job) -> Callable[[Ground], None]:
    """A task that asks for a job."""
    return lambda ground: ground.nudger.nudge(job)


TASKS = (
    Task("heartbeat", heartbeats.EVERY_SECONDS, lambda ground: heartbeats.beat(ground.redis, "scheduler")),
    Task("sweep", 1.0, sweep(waiting.AT_ONCE)),
    Task("sweep_slowly", 15.0, sweep(waiting.SLOWLY)),
    Task("end_holds", MINUTE / 2, asks(Job.END_HOLDS)),
    Task("grave", MINUTE / 2, asks(Job.GRAVE)),
    Task("on_call", MINUTE, asks(Job.ON_CALL)),
    Task("instance_rules", MINUTE, asks(Job.INSTANCE_RULES)),
    Task("learn", MINUTE, asks(Job.LEARN)),
    Task("place_cases", MINUTE, asks(Job.PLACE_CASES)),
    Task("domain_lists", 10 * MINUTE, asks(Job.DOMAIN_LISTS)),
    Task("refresh_actors", 10 * MINUTE, asks(Job.REFRESH_ACTORS)),
    Task("lifecycle", MINUTE / 2, asks(Job.LIFECYCLE)),
    Task("purge", DAY / 4, asks(Job.PURGE)),
    Task("pile_ons", MINUTE, asks(Job.PILE_ONS)),
    Task("trends", 10 * MINUTE, asks(Job.TRENDS)),
    Task("notices", MINUTE, asks(Job.NOTICES)),
    Task("terms", 10 * MINUTE, asks(Job.TERMS)),
    Task("drift", HOUR, asks(Job.DRIFT)),
)


class Scheduler:
    """Runs the tasks of a table when they are due."""

    def __init__(self, ground: Ground, tasks: tuple[Task, ...] = TASKS) -> None:
        self.ground = ground
        self._due = dict.fromkeys(tasks, 0.0)

    def step(self, at: float) -> float:
        """Do what is due at `at` (seconds, of any steady clock); seconds until the next one is."""
        for task, due in self._due.items():
            if due <= at:
                self._do(task)
                self._due[task] = at + task.every_seconds
        return max(0.0, min(self._due.values()) - at)

    def _do(self, task: Task) -> None:
        try:
            task.do(self.ground)
        except (SQLAlchemyError, RedisError) as error:
            log.warning("task_failed", task=task.name, error=str(error))

    def run(self, over: threading.Event) -> None:
        """Until `over`."""
        while not over.is_set():
            over.wait(self.step(time.monotonic()))
        self.stop()

    def stop(self) -> None:
        """Say that it stops, and close what was open."""
        heartbeats.still(self.ground.redis, "scheduler")
        self.ground.let_go()


def serve(settings: Settings, over: threading.Event) -> None:
    """The scheduler as a process of its own, until `over`; under `run` the supervisor is it."""
    Scheduler(Ground.of(settings)).run(over)
