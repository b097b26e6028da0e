"""The worker: jobs by name over real RQ queues, drained in batches, each safe to run twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from app.mail import Mail, MailBox
from app.notifications import post_office
from app.services import Services
from app.stores.jobs import QUEUES, Job
from app.stores.nudges import FAILURE_KEPT_SECONDS, Nudges, RqNudger, pending_key
from tests.support.stores import TestValkey
from workers import draining, jobs, runtime
from workers.draining import Drain
from workers.worker import Listener

pytestmark = pytest.mark.one_database


@pytest.fixture
def live(services: Services, valkey: TestValkey) -> Services:
    """Services whose nudges are real."""
    settings = replace(services.settings, redis_url=valkey.url)
    return replace(services, settings=settings, nudger=RqNudger(services.redis))


@pytest.fixture
def listening(live: Services) -> Iterator[threading.Event]:
    """Every queue is worked on."""
    over = threading.Event()
    with runtime.using(live):
        listeners = [Listener(live, queue, over) for queue in QUEUES]
        for listener in listeners:
            listener.start()
        yield over
        over.set()
        for listener in listeners:
            listener.join(20)
        assert not any(listener.is_alive() for listener in listeners)


def queued(redis: Redis) -> int:
    return sum(Queue(name, connection=redis, serializer=JSONSerializer).count for name in QUEUES)


def wait_until(condition: object) -> None:
    """Wait for a condition that a worker brings about."""
    waited = threading.Event()
    for _ in range(1000):
        if condition():  # type: ignore[operator]
            return
        waited.wait(0.02)
    raise AssertionError("it never came true")


@pytest.mark.usefixtures("listening")
def test_a_nudge_makes_the_worker_send_what_waits(live: Services) -> None:
    with live.db.write() as session:
        post_office.put(session, live, Mail("ana@people.example", "Hello", "A letter"))
    box = live.mailer
    assert isinstance(box, MailBox)
    wait_until(lambda: [mail.to for mail in box.sent] == ["ana@people.example"])


@pytest.mark.usefixtures("listening")
def test_after_a_job_that_fails_the_next_one_runs(live: Services) -> None:
    queue = Queue("network", connection=live.redis, serializer=JSONSerializer)
    failing = queue.enqueue("workers.jobs.no_such_job", failure_ttl=60)
    live.nudger.nudge(Job.MAIL)
    wait_until(lambda: live.redis.get(pending_key(Job.MAIL)) is None and queued(live.redis) == 0)
    wait_until(lambda: failing.get_status(refresh=True) == "failed")


def test_a_failed_job_is_not_kept_for_long(live: Services) -> None:
    live.nudger.nudge(Job.INTAKE)
    (job,) = Queue("intake", connection=live.redis, serializer=JSONSerializer).jobs
    assert job.failure_ttl == FAILURE_KEPT_SECONDS
    assert job.result_ttl == 0


def test_many_nudges_are_one_job(live: Services) -> None:
    for _ in range(5):
        live.nudger.nudge(Job.INTAKE)
    assert queued(live.redis) == 1


def test_what_is_nudged_while_a_job_runs_gets_a_job_of_its_own(live: Services) -> None:
    live.nudger.nudge(Job.INTAKE)

    def work(services: Services, _limit: int) -> int:
        services.nudger.nudge(Job.INTAKE)
        return 0

    draining.run(Drain(Job.INTAKE, work, 10), live)
    assert queued(live.redis) == 2


def test_a_drain_goes_on_until_a_batch_is_not_full(services: Services) -> None:
    left = [10, 10, 4]
    assert draining.run(Drain(Job.INTAKE, lambda _services, _limit: left.pop(0), 10), services) == 24
    assert left == []


def test_an_endless_stream_gives_other_jobs_their_turn(services: Services) -> None:
    total = draining.run(Drain(Job.INTAKE, lambda _services, limit: limit, 10), services)
    assert total == 10 * draining.MAX_BATCHES
    assert isinstance(services.nudger, Nudges)
    assert services.nudger.asked == [Job.INTAKE]


FIRST = {Job.TERMS: 2, Job.DRIFT: 28}
"""What there is to do even there: terms and privacy are written once, and the days of four weeks counted."""


@pytest.mark.parametrize("drain", jobs.DRAINS, ids=lambda drain: drain.job.name)
def test_every_job_runs_twice_on_an_empty_house(services: Services, drain: Drain) -> None:
    assert draining.run(drain, services) == FIRST.get(drain.job, 0)
    assert draining.run(drain, services) == 0


def test_a_job_without_services_says_so() -> None:
    with pytest.raises(runtime.NoServicesError):
        jobs.mail()


def test_jobs_are_json_and_never_pickles(live: Services) -> None:
    live.nudger.nudge(Job.INTAKE)
    stored = [key for key in live.redis.keys("rq:job:*") if live.redis.type(key) == b"hash"]
    assert stored
    for key in stored:
        import zlib

        data = live.redis.hget(key, "data")
        assert isinstance(data, bytes)
        plain = zlib.decompress(data) if data[:1] == b"x" else data
        assert plain.lstrip().startswith((b"[", b"{")), plain
