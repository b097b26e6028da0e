"""Whether a peer that hangs or fails delays anybody but itself: simulated hosts get the same posts, twice.

`python -m bench.delivery` sends to hosts on loopback addresses (127.0.1.1 to 127.0.1.200): to a third, all well;
then to all 200, all well, which is the work that so many hosts are; then to all 200, of which a third hang, a third
fail and that first third is well. The first posts find out which is which; then as many again are sent, when what
waits for those that failed is due as well. Printed: when posts reached the first third, counted from the beginning of
each drain, and how that compares. Real: database, client, signatures.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select, update

from app import wiring
from app.accounts.keys import make_key_pair
from app.accounts.making import house_actor, local_actor
from app.accounts.tables import AccountRow, ActorRow
from app.clock import SystemClock
from app.database.schema import create_all
from app.federation import deliver
from app.federation.tables import DeliveryRow, DeliveryState, InstanceRow
from app.ids import IDS
from app.posts import compose
from app.posts.compose import ComposeRequest
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.settings import read
from bench.stages import WORDS, embedded_valkey

HOSTS = 200
KINDS = ("well", "hangs", "fails")
LONGEST_SECONDS = 180.0


@dataclass
class Hosts:
    """The other servers: one event loop in a thread, one listening socket for each host."""

    kinds: dict[str, str]
    port: int = 0
    arrived: dict[str, list[float]] = field(default_factory=dict)

    async def serve(self, ready: threading.Event, over: threading.Event) -> None:
        """Until `over`."""
        servers = []
        for address in self.kinds:
            server = await asyncio.start_server(self._talk, address, self.port)
            self.port = self.port or server.sockets[0].getsockname()[1]
            servers.append(server)
        ready.set()
        while not over.is_set():
            await asyncio.sleep(0.05)
        for server in servers:
            server.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
                await reader.readexactly(length)
                self.arrived.setdefault(address, []).append(time.perf_counter())
                if self.kinds[address] == "hangs":
                    await asyncio.sleep(LONGEST_SECONDS)
                status = b"202 Accepted" if self.kinds[address] == "well" else b"500 Internal Server Error"
                writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=5, help="posts")
    options = parser.parse_args()
    print(f"{options.n} posts to {HOSTS} hosts; seconds from the beginning of the drain")
    everybody = {f"127.0.1.{number + 1}": KINDS[number % 3] for number in range(HOSTS)}
    third = [address for address, kind in everybody.items() if kind == "well"]
    alone = _measure(options.n, third, dict.fromkeys(third, "well"))
    healthy = _measure(options.n, third, dict.fromkeys(everybody, "well"))
    among = _measure(options.n, third, everybody)
    for when, *found in zip(("when they meet", "once they know each other"), alone, healthy, among, strict=True):
        print(f"{when}:")
        for title, result in zip(
            ("the third alone", "among as many that are well", "among others that hang and fail"), found, strict=True
        ):
            _show(title, result)
        by_itself, busy, troubled = found
        print(
            f"    to that third {_against(troubled, by_itself)} of the time alone;"
            f" {_against(troubled, busy)} of that among the well"
        )
    return 0


def _against(one: Result, other: Result) -> str:
    return f"half after {one.half / other.half:.2f}, the last after {one.last / other.last:.2f}"


@dataclass(frozen=True)
class Result:
    """Of one run: the moments at which posts reached hosts that are well, and the drain's whole length, in seconds."""

    moments: list[float]
    tried: int
    took: float
    states: dict[str, int]

    @property
    def half(self) -> float:
        """When half of them had theirs."""
        return self.moments[len(self.moments) // 2]

    @property
    def last(self) -> float:
        """When the last of them had its last."""
        return self.moments[-1]


def _show(title: str, result: Result) -> None:
    n = len(result.moments)
    print(
        f"    {title}: half of {n} after {result.half:.2f}, the last after {result.last:.2f} ({n / result.last:.0f}/s);"
    )
    print(f"        {result.tried} tried until the drain ended after {result.took:.1f}; {result.states}")


def _measure(posts: int, third: Sequence[str], kinds: dict[str, str]) -> list[Result]:
    """When posts reached that third: of the first drain, and of one with as many new posts and all that waits."""
    with ExitStack() as stack:
        hosts = stack.enter_context(_listening(Hosts(kinds)))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ostiary-bench-")))
        services = _services(folder, stack)
        member_id = _member(services, hosts)
        found = []
        for _ in range(2):
            hosts.arrived.clear()
            _write(services, member_id, posts)
            _let_all_be_due(services)
            found.append(_drain(services, hosts, third))
        return found


def _drain(services: Services, hosts: Hosts, third: Sequence[str]) -> Result:
    begun = time.perf_counter()
    tried = deliver.drain(services)
    took = time.perf_counter() - begun
    moments = sorted(at - begun for address in third for at in hosts.arrived.get(address, []))
    return Result(moments, tried, took, _states(services))


def _let_all_be_due(services: Services) -> None:
    """As though the minutes had passed for which those that failed are left alone."""
    with services.db.write() as session:
        session.execute(update(InstanceRow).values(retry_at=None))


@contextmanager
def _listening(hosts: Hosts) -> Iterator[Hosts]:
    ready, over = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(hosts.serve(ready, over)), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise SystemExit("the simulated hosts don't listen")
    yield hosts
    over.set()
    thread.join(10)


def _services(folder: Path, stack: ExitStack) -> Services:
    environment = {
        "OSTIARY_DOMAIN": "127.0.0.1:9",
        "OSTIARY_SCHEME": "http",
        "OSTIARY_ALLOWED_NETWORKS": "127.0.0.0/8",
        "OSTIARY_SECRET_KEY": "for this measurement only",
        "OSTIARY_REDIS_URL": f"unix://{embedded_valkey(folder, stack)}",
        "OSTIARY_RATE_LIMITS": "off",
    }
    services = wiring.make_services(read(environment, data_dir=folder))
    stack.callback(services.db.dispose)
    create_all(services.db.engine)
    return services


def _member(services: Services, hosts: Hosts) -> int:
    """A member whom somebody on every host follows."""
    pair, now = make_key_pair(), SystemClock().now()
    with services.db.write() as session:
        session.add(house_actor(services.settings, pair, now))
        member = local_actor(services.settings, "ana", pair, now)
        session.add(member)
        session.flush()
        session.add(
            AccountRow(id=member.id, email="ana@mail.example", email_lower="ana@mail.example", password_hash="none",
                       session_salt="none", created_at=now, confirmed_at=now, approved_at=now)
        )  # fmt: skip
        for address in hosts.kinds:
            host = f"{address}:{hosts.port}"
            uri = f"http://{host}/users/fan"
            fan = ActorRow(
                id=IDS.take(now), uri=uri, local=False, username="fan", username_lower="fan", domain=host,
                inbox_url=uri + "/inbox", shared_inbox_url=f"http://{host}/inbox", created_at=now, fields=[],
            )  # fmt: skip
            session.add(fan)
            session.flush()
            follow = FollowRow(id=IDS.take(now), follower_id=fan.id, target_id=member.id, uri=uri + "#follow")
            follow.state, follow.created_at = FollowState.ACCEPTED, now
            session.add(follow)
    return member.id


def _write(services: Services, member_id: int, posts: int) -> None:
    for number in range(posts):
        words = " ".join(WORDS[(number * 7 + step * 3) % len(WORDS)] for step in range(20))
        compose.compose(services, member_id, ComposeRequest(words))


def _states(services: Services) -> dict[str, int]:
    with services.db.read() as session:
        rows = session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
        return {DeliveryState(state).value: number for state, number in rows}


if __name__ == "__main__":
    sys.exit(main())
