"""The worker: one process, one thread for each queue, so that a slow peer's delivery never delays intake.

Two threads share the modules, the model and the pools, which halves the memory of two processes; what they wait for
(disk, network, RSA) is waited for without the interpreter's lock. A bigger house starts
`ostiary worker --queue intake` and `--queue network` as processes of their own.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.timeouts import TimerDeathPenalty
from rq.worker import SimpleWorker

from app.media import caged
from app.services import Services
from app.settings import Settings
from app.stores.client import make_redis
from app.stores.heartbeats import Beating
from app.stores.jobs import QUEUES
from workers import jobs, runtime
from workers.stopping import until_stopped

log = structlog.get_logger()
WAIT_SECONDS = 1
RESTART_SECONDS = 1.0
LOOK_SECONDS = 0.5


class QueueWorker(SimpleWorker):
    """RQ's worker without forks and signals, for a thread: it looks each second whether it should stop."""

    death_penalty_class = TimerDeathPenalty
    over: threading.Event

    @property
    def dequeue_timeout(self) -> int:
        """How long it waits for a job before it looks around."""
        return WAIT_SECONDS

    def heartbeat(self, *args: object, **kwargs: object) -> None:
        """RQ calls this between jobs, and between waits for one: here is the place to stop."""
        if self.over.is_set():
            raise StopRequested
        super().heartbeat(*args, **kwargs)  # type: ignore[arg-type]

    def _install_signal_handlers(self) -> None:
        """Signals belong to the main thread."""

    def subscribe(self) -> None:
        """No commands by pub/sub: they would cost a thread and a connection."""

    def unsubscribe(self) -> None:
        """There's nothing to leave."""


class Listener(threading.Thread):
    """Works on one queue until `over`; when Redis goes away it comes back with it."""

    def __init__(self, services: Services, queue: str, over: threading.Event) -> None:
        super().__init__(name=f"queue-{queue}")
        self._services, self._queue, self._over = services, queue, over

    def run(self) -> None:
        """Work, and begin again when RQ gave up because of its connection."""
        while not self._over.is_set():
            try:
                self._work()
            except RedisError as error:
                log.warning("queue_worker_lost_redis", queue=self._queue, error=str(error))
            self._over.wait(RESTART_SECONDS)

    def _work(self) -> None:
        with make_redis(self._services.settings) as redis:
            queue = Queue(self._queue, connection=redis, serializer=JSONSerializer)
            worker = QueueWorker(
                [queue],
                connection=redis,
                serializer=JSONSerializer,
                log_job_description=False,
            )
            worker.over = self._over
            worker.work(logging_level="WARNING")


def start(settings: Settings, queues: Sequence[str] = QUEUES, *, alone: bool = False) -> None:
    """The worker as a process, until SIGTERM or SIGINT.

    `alone`: no other worker lives, so what a killed one had in hand is free at once, not when its lease runs out.
    """
    from app import logs
    from app.federation import abandoned
    from app.media.recordings import work as elsewhere
    from app.uploads.recordings import work as recordings
    from app.wiring import make_services

    logs.configure("worker")
    services = make_services(settings)
    if alone:
        freed = sum(release(services) for release in (abandoned.release, recordings.release, elsewhere.release))
        log.info("leases_released", rows=freed)
    serve(services, queues)


def serve(services: Services, queues: Sequence[str]) -> None:
    """Work on these queues until SIGTERM or SIGINT; then finish the batches at hand. For the main thread."""
    over = until_stopped()
    caged.begin_again()
    runtime.use(services)
    listeners = [Listener(services, queue, over) for queue in queues]
    beating = Beating(services.redis, "worker")
    beating.start()
    for listener in listeners:
        listener.start()
    log.info("worker_started", queues=list(queues), jobs=[drain.job.name for drain in jobs.DRAINS])
    while all(listener.is_alive() for listener in listeners) and not over.wait(LOOK_SECONDS):
        pass
    failed = not over.is_set()
    over.set()
    caged.end_all()
    for listener in listeners:
        listener.join()
    beating.stop()
    log.info("worker_stopped", failed=failed)
    if failed:  # a thread ended by an error of ours: whoever started this process starts it anew
        raise SystemExit(1)
