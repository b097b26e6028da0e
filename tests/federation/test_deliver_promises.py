"""What deliveries promise whatever happens: order where it matters, few at a time, and nothing lost by a sudden death."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import orjson
from redis import Redis
from sqlalchemy import select

from app.database.engine import Database
from app.federation import deliver, delivery_rows
from app.federation.tables import DeliveryRow, DeliveryState
from app.federation.wire.fetching import Outgoing, Sent
from app.posts import compose, delete, edit
from app.posts.compose import ComposeRequest
from app.posts.edit import EditRequest
from tests.federation.world import World

ROOT = Path(__file__).parents[2]


class Slow:
    """Hosts that take the longer the earlier they were asked, so that whatever may overtake does."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.at_once: Counter[str] = Counter()
        self.most: Counter[str] = Counter()

    async def post(self, outgoing: Outgoing) -> Sent:
        """Send one."""
        host = outgoing.url.split("/")[2]
        self.at_once[host] += 1
        self.most[host] = max(self.most[host], self.at_once[host])
        for _ in range(max(1, 20 - 5 * len(self.taken))):
            await asyncio.sleep(0)
        self.at_once[host] -= 1
        self.taken.append(orjson.loads(outgoing.body)["type"])
        return Sent(outgoing.url, status=202)

    async def post_many(self, batch: Sequence[Outgoing]) -> list[Sent]:
        """Send many."""
        return [await self.post(outgoing) for outgoing in batch]


def test_what_one_author_does_reaches_a_host_in_its_order(world: World) -> None:
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    post = compose.compose(world.services, ana.id, ComposeRequest("The first version, about the harbour."))
    edit.edit(world.services, ana.id, post.id, EditRequest("The second version, about the harbour."))
    delete.delete(world.services, ana.id, post.id)
    slow = Slow()
    deliver.drain(world.services, poster=slow)
    assert slow.taken == ["Create", "Update", "Delete"]


def test_only_a_few_go_to_one_host_at_a_time(world: World) -> None:
    ben = world.row(world.known("ben"))
    for number in range(4 * deliver.LANES):
        author = world.member(f"author{number}")
        world.follow(ben, author)
        compose.compose(world.services, author.id, ComposeRequest(f"Number {number} about the harbour."))
    slow = Slow()
    assert deliver.drain(world.services, poster=slow) == 4 * deliver.LANES
    assert 1 < slow.most["far.example"] <= deliver.LANES


def test_pauses_grow_to_half_a_day_and_no_two_are_alike() -> None:
    for failures in range(1, 40):
        pauses = {delivery_rows.backoff(failures) for _ in range(20)}
        usual = min(timedelta(minutes=2 ** (failures - 1)), timedelta(hours=12))
        assert len(pauses) > 1
        assert all(0.75 * usual <= pause <= 1.25 * usual for pause in pauses)


_DYING = """
import asyncio, sys
from pathlib import Path
from redis import Redis
from app.clock import FrozenClock
from app.database.engine import Database
from app.federation import deliver
from app.federation.wire.fetching import Sent
from tests.support.services import make_services

class Last:
    async def post(self, outgoing):
        print("the peer has it", flush=True)
        await asyncio.sleep(3600)
        return Sent(outgoing.url, status=202)

folder, database, store = sys.argv[1:]
services = make_services(Path(folder), db=Database(database), redis=Redis(unix_socket_path=store))
deliver.drain(services, poster=Last())
"""


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(
    world: World, db: Database, redis: Redis, tmp_path: Path
) -> None:
    """What the peer may have had already is sent again: at least once, never not at all."""
    ana = world.member("ana")
    world.follow(world.row(world.known("ben")), ana)
    post = compose.compose(world.services, ana.id, ComposeRequest("Something about the harbour."))
    url = db.engine.url.render_as_string(hide_password=False)
    store = redis.connection_pool.connection_kwargs["path"]
    with subprocess.Popen(
        [sys.executable, "-c", _DYING, str(tmp_path), url, store], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "the peer has it\n"
        os.kill(worker.pid, signal.SIGKILL)
    with db.read() as session:
        assert session.scalar(select(DeliveryRow.state)) is DeliveryState.WAITING
    assert deliver.drain(world.services, poster=world.web) == 0, "its host is still the dead worker's, for a while"
    world.services.clock.move(delivery_rows.HOST_LEASE + timedelta(seconds=1))  # type: ignore[attr-defined]
    assert deliver.drain(world.services, poster=world.web) == 1
    assert orjson.loads(world.web.sent[0].body)["object"]["id"] == post.uri
    with db.read() as session:
        assert session.scalar(select(DeliveryRow.state)) is DeliveryState.DELIVERED
