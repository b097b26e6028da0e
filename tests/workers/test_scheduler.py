"""The scheduler: what is due is done, what waits is asked for, and a store that is away stops nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy.exc import OperationalError

from app.accounts.tables import ActorRow
from app.clock import FrozenClock
from app.database.engine import Database
from app.federation.tables import InboxActivityRow, IntakeState
from app.notifications.tables import MailRow
from app.posts.tables import PostRow, PostState
from app.stores import heartbeats
from app.stores.jobs import Job
from app.stores.nudges import Nudges
from moderation.values import Visibility
from workers import waiting
from workers.scheduler import TASKS, Ground, Scheduler, Task, sweep


@pytest.fixture
def nudges() -> Nudges:
    """What was asked for."""
    return Nudges()


@pytest.fixture
def ground(db: Database, redis: Redis, clock: FrozenClock, nudges: Nudges) -> Ground:
    """What the scheduler stands on."""
    return Ground(db, redis, clock, nudges)


def received(db: Database, clock: FrozenClock, state: IntakeState, wait: timedelta | None = None) -> None:
    """An activity in the inbox."""
    with db.write() as session:
        session.add(
            InboxActivityRow(
                activity_uri="https://remote.example/1",
                kind="Create",
                domain="remote.example",
                actor_uri="https://remote.example/users/mia",
                key_id="https://remote.example/users/mia#main-key",
                body=b"{}",
                state=state,
                received_at=clock.now(),
                next_at=None if wait is None else clock.now() + wait,
            )
        )


def post(db: Database, clock: FrozenClock, state: PostState) -> None:
    """A post of ana's."""
    with db.write() as session:
        session.add(
            ActorRow(
                id=1,
                uri="https://remote.example/users/ana",
                local=False,
                username="ana",
                username_lower="ana",
                domain="remote.example",
                created_at=clock.now(),
            )
        )
        session.flush()
        session.add(
            PostRow(
                id=5,
                uri="https://remote.example/5",
                actor_id=1,
                local=False,
                state=state,
                visibility=Visibility.PUBLIC,
                conversation="c",
                submitted_at=clock.now(),
                published_at=clock.now(),
            )
        )


def test_an_empty_house_asks_for_nothing(ground: Ground, nudges: Nudges) -> None:
    sweep(tuple(waiting.CONDITIONS))(ground)
    assert nudges.asked == []


@pytest.mark.parametrize("state", [IntakeState.WAITING, IntakeState.UNVERIFIED, IntakeState.RETRY])
def test_a_received_activity_whose_nudge_was_lost_is_found(
    ground: Ground, clock: FrozenClock, nudges: Nudges, state: IntakeState
) -> None:
    received(ground.db, clock, state)
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == [Job.INTAKE]


@pytest.mark.parametrize("state", [IntakeState.DONE, IntakeState.REFUSED])
def test_what_is_settled_is_left_alone(ground: Ground, clock: FrozenClock, nudges: Nudges, state: IntakeState) -> None:
    received(ground.db, clock, state)
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == []


def test_a_retry_is_asked_for_when_its_time_has_come(ground: Ground, clock: FrozenClock, nudges: Nudges) -> None:
    received(ground.db, clock, IntakeState.RETRY, wait=timedelta(minutes=5))
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == []
    clock.move(timedelta(minutes=5))
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == [Job.INTAKE]


def test_what_a_broken_check_left_is_asked_for_slowly(ground: Ground, clock: FrozenClock, nudges: Nudges) -> None:
    post(ground.db, clock, PostState.WAITING)
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == []
    sweep(waiting.SLOWLY)(ground)
    assert nudges.asked == [Job.REJUDGE]


def test_mail_that_is_due_is_asked_for(ground: Ground, clock: FrozenClock, nudges: Nudges) -> None:
    with ground.db.write() as session:
        session.add(
            MailRow(to="ana@people.example", subject="s", text="t", next_at=clock.now(), created_at=clock.now())
        )
    sweep(waiting.AT_ONCE)(ground)
    assert nudges.asked == [Job.MAIL]


@pytest.mark.one_database
def test_each_task_runs_at_its_own_pace(ground: Ground) -> None:
    done: list[str] = []
    tasks = (
        Task("often", 1.0, lambda _ground: done.append("often")),
        Task("seldom", 10.0, lambda _ground: done.append("seldom")),
    )
    scheduler = Scheduler(ground, tasks)
    pauses = [scheduler.step(float(second)) for second in range(11)]
    assert done.count("often") == 11
    assert done.count("seldom") == 2
    assert pauses == [1.0] * 11


@pytest.mark.one_database
def test_a_task_that_meets_a_broken_store_does_not_stop_the_others(ground: Ground) -> None:
    done: list[str] = []

    def broken(_ground: Ground) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    scheduler = Scheduler(ground, (Task("broken", 1.0, broken), Task("well", 1.0, lambda _ground: done.append("well"))))
    scheduler.step(0.0)
    scheduler.step(1.0)
    assert done == ["well", "well"]


@pytest.mark.one_database
def test_the_heartbeat_is_seen_and_its_end_too(ground: Ground) -> None:
    over = threading.Event()
    beaten = Task("heartbeat", 60.0, TASKS[0].do)
    running = threading.Thread(
        target=Scheduler(ground, (beaten, Task("stop", 60.0, lambda _g: None))).run, args=(over,)
    )
    running.start()
    while "scheduler" in heartbeats.missing(ground.redis):
        assert running.is_alive()
    over.set()
    running.join()
    assert "scheduler" in heartbeats.missing(ground.redis)


@pytest.mark.one_database
def test_the_table_asks_for_everything_that_is_periodic(ground: Ground, nudges: Nudges) -> None:
    Scheduler(ground).step(0.0)
    assert {Job.END_HOLDS, Job.REFRESH_ACTORS, Job.PURGE} <= set(nudges.asked)
    assert set(waiting.AT_ONCE) | set(waiting.SLOWLY) == set(waiting.CONDITIONS)
