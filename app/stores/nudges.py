"""Nudges: "there is work of this kind". Rows are the truth; losing every nudge costs a second, not a post."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from app.stores.jobs import QUEUE_OF, Job

log = structlog.get_logger()
PENDING_SECONDS = 5
"""A nudge is worth one job: while one waits in the queue, others add nothing. It's forgotten after this."""
JOB_TIMEOUT_SECONDS = 300
FAILURE_KEPT_SECONDS = 3600
"""RQ logs a failed job and keeps it this long, for whoever looks; its rows wait in the database, and the sweep asks
again."""


def pending_key(job: Job) -> str:
    """Where it's written that a job of this kind waits in its queue; the job's first act is to delete it."""
    return f"ostiary:nudged:{job.name.lower()}"


class Nudger(Protocol):
    """Asks for a job."""

    def nudge(self, job: Job) -> None:
        """Ask once; asking twice is the same."""


class RqNudger:
    """Queues an RQ job, unless one of the kind waits already."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._queues = {
            name: Queue(name, connection=redis, serializer=JSONSerializer) for name in set(QUEUE_OF.values())
        }

    def nudge(self, job: Job) -> None:
        """Ask for it. When Redis is away nothing is lost: the scheduler's sweep finds the rows."""
        try:
            if self._redis.set(pending_key(job), 1, nx=True, ex=PENDING_SECONDS):
                self._queues[QUEUE_OF[job]].enqueue(
                    job.value, result_ttl=0, failure_ttl=FAILURE_KEPT_SECONDS, job_timeout=JOB_TIMEOUT_SECONDS
                )
        except RedisError as error:
            log.warning("nudge_lost", job=job.name, error=str(error))


@dataclass
class Nudges:
    """The twin for tests: remembers what was asked for."""

    asked: list[Job] = field(default_factory=list)

    def nudge(self, job: Job) -> None:
        """Remember it."""
        self.asked.append(job)
