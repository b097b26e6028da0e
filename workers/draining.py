"""Draining: call one function with a batch size until nothing is left, or it has been long enough."""

from __future__ import annotations

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


def run(drain: Drain, services: Services) -> int:
    """Drain it; how many rows. What is nudged from now on gets a job of its own."""
    services.redis.delete(pending_key(drain.job))
    name, total = drain.job.name.lower(), 0
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
    metrics.JOBS.labels(name, "done").inc()
    metrics.JOB_ROWS.labels(name).inc(total)
    return total
