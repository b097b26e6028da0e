"""Draining: call one function with a batch size until nothing is left, or it has been long enough."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app import logs, metrics
from app.services import Services
from app.stores.jobs import Job
from app.stores.nudges import pending_key

log = structlog.get_logger()
MAX_BATCHES = 200
"""So many batches, then the job asks for the next one: its queue's other jobs get their turn."""


@dataclass(frozen=True)
class Drain:
    """How a kind of work is drained: `work(services, limit)` says with how many rows it dealt."""

    job: Job
    work: Callable[[Services, int], int]
    limit: int
    gathers_seconds: float = 0.0
    """Under load, so long a pause before it begins lets rows gather: a batch costs about the same for ten or fifty."""


_ended_at: dict[Job, float] = {}
"""When each kind of job last ended here: one that ended just now tells of load."""


def run(drain: Drain, services: Services) -> int:
    """Drain it; how many rows. What is nudged from now on gets a job of its own."""
    services.redis.delete(pending_key(drain.job))
    name, total = drain.job.name.lower(), 0
    _gather(drain)
    with logs.bound(job=name):
        try:
            for _ in range(MAX_BATCHES):
                done = drain.work(services, drain.limit)
                total += done
                if done < drain.limit:
                    break
            else:
                services.nudger.nudge(drain.job)
        except Exception:
            metrics.JOBS.labels(name, "failed").inc()
            raise
    _ended_at[drain.job] = time.monotonic()
    metrics.JOBS.labels(name, "done").inc()
    metrics.JOB_ROWS.labels(name).inc(total)
    return total


def _gather(drain: Drain) -> None:
    ended_at = _ended_at.get(drain.job)
    if drain.gathers_seconds and ended_at is not None and time.monotonic() - ended_at < drain.gathers_seconds:
        time.sleep(drain.gathers_seconds)
