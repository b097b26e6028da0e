"""Memory of the stream process with many who listen and hear nothing: `python -m bench.streams [NUMBER [MEMBERS]]`.

Starts `ostiary stream` on a Valkey and a database of its own. Half of those who listen are on a WebSocket with a
member's token (`user`, each their own unless there are fewer MEMBERS), half on server-sent events (`public`). Then
events go to all of them: deletions, of which there is nothing to fetch, and posts, which are fetched for their readers.
Do all hear each, and how soon does the last?
"""

from __future__ import annotations

import asyncio
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.accounts.tables import AccountRow
from app.clock import SystemClock
from app.database.engine import Database
from app.database.schema import create_all
from app.oauth import tokens
from app.stores import events
from bench.memory import total
from tests.app import people
from tests.support.running import free_ports
from tests.support.services import DOMAIN, SECRET, make_services
from tests.support.stores import TestValkey

NUMBER = 2000
SETTLE_SECONDS = 40
"""Longer than the pauses between two signs of life and between two looks at a token: each connection had both."""
AT_ONCE = 50
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
MARK = "7" * 12
PING = 9
DELETES, POSTS = 10, 5
PATIENCE_SECONDS = 60


def main() -> None:
    """Measure, and print a line of RESULTS.md."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder, TestValkey() as valkey:
        home = Path(folder)
        tokens_, members, posts = _people(home, valkey, int(sys.argv[2]) if len(sys.argv) > 2 else number // 2)
        with _stream(home, valkey) as (pid, port):
            asyncio.run(_measure(pid, port, number, tokens_, members, posts, valkey))


def _people(home: Path, valkey: TestValkey, count: int) -> tuple[list[str], list[int], list[int]]:
    db = Database(f"sqlite:///{home / 'ostiary.sqlite3'}")
    create_all(db.engine)
    services = make_services(home, db=db, redis=valkey.client(), clock=SystemClock())
    rows = [people.member(services, f"member{number}") for number in range(count)]
    members = [row.id for row in rows]
    made = [tokens.make(services, member, "read") for member in members]
    with db.read() as session:
        author = session.get_one(AccountRow, members[0]).actor
    posts = [people.post(services, author, f"The tide is out {MARK}").id for _ in range(POSTS)]
    db.dispose()
    return made, members, posts


@contextmanager
def _stream(home: Path, valkey: TestValkey) -> Iterator[tuple[int, int]]:
    port = free_ports()
    environment = {
        **os.environ,
        "OSTIARY_DOMAIN": DOMAIN,
        "OSTIARY_SECRET_KEY": SECRET,
        "OSTIARY_DATA_DIR": str(home),
        "OSTIARY_REDIS_URL": valkey.url,
        "MALLOC_ARENA_MAX": "2",  # as deploy/ and `ostiary run` start it
    }
    command = [sys.executable, "-m", "workers.cli", "stream", "--host", "127.0.0.1", "--stream-port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/api/v1/streaming/health")
        yield process.pid, port
    finally:
        process.kill()
        process.wait()


def _wait(url: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=2):  # on loopback
                return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the stream process doesn't start")


async def _measure(
    pid: int,
    port: int,
    number: int,
    tokens_: Sequence[str],
    members: Sequence[int],
    posts: Sequence[int],
    valkey: TestValkey,
) -> None:
    before = total(pid)
    clients = await _connect(port, number, tokens_)
    await asyncio.sleep(SETTLE_SECONDS)
    idle = total(pid)
    channels = [events.PUBLIC, *(events.user_channel(member) for member in members)]
    deletes = [await _hear(clients, valkey, channels, "delete", one) for one in range(DELETES)]
    used = _seconds_used(pid)
    updates = [await _hear(clients, valkey, channels, "update", one) for one in posts]
    used = _seconds_used(pid) - used
    each = (idle - before) / number
    print(
        "| who listens | alone | with them idle | each | hear a deletion | the last | hear a post | the last "
        "| processor time of one | then |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    figures = (
        f"{number:,}",
        f"{before / 1024:.0f} MB",
        f"{idle / 1024:.0f} MB",
        f"{each:.0f} kB",
        *_told(deletes),
        *_told(updates),
        f"{used / len(posts):.2f} s",
        f"{total(pid) / 1024:.0f} MB",
    )
    print(f"| {' | '.join(figures)} |")


def _seconds_used(pid: int) -> float:
    """Processor time of the stream process up to now."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def _told(rounds: Sequence[tuple[int, float]]) -> tuple[str, str]:
    """How many heard each of them, at the least, and in the median how long it was until the last did."""
    return f"{min(heard for heard, _ in rounds):,}", f"{statistics.median(seconds for _, seconds in rounds):.2f} s"


async def _hear(
    clients: Sequence[Client], valkey: TestValkey, channels: Sequence[str], event: str, id_: int
) -> tuple[int, float]:
    """How many heard it, and the seconds until the last did."""
    started = time.monotonic()
    events.publish(valkey.client(), channels, event, {"id": str(id_) if event == "update" else f"{MARK}{id_}"})
    while sum(client.heard for client in clients) < len(clients) and time.monotonic() - started < PATIENCE_SECONDS:
        await asyncio.sleep(0.005)
    seconds = time.monotonic() - started
    heard = 0
    for client in clients:
        heard += client.heard
        client.heard = False
    return heard, seconds


class Client:
    """One who listens, and answers a WebSocket's pings."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, socket_: bool) -> None:
        self._reader, self._writer = reader, writer
        self.heard = False
        self._task = asyncio.create_task(self._messages() if socket_ else self._lines())

    async def _lines(self) -> None:
        while line := await self._reader.readline():
            self._listen(line)

    async def _messages(self) -> None:
        while True:
            first, length = await self._reader.readexactly(2)
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2))
            data = await self._reader.readexactly(length)
            if first & 15 == PING:
                self._writer.write(bytes((0x8A, 0x80 | length)) + bytes(4) + data)  # masked, with zeros
            self._listen(data)

    def _listen(self, data: bytes) -> None:
        self.heard = self.heard or MARK.encode() in data


async def _connect(port: int, number: int, tokens_: Sequence[str]) -> list[Client]:
    opened: list[Client] = []
    for start in range(0, number, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, number))
        print(f"{len(opened):,} listen", file=sys.stderr)
        opened += await asyncio.gather(*(_open(port, one, tokens_[one // 2 % len(tokens_)]) for one in numbers))
    return opened


async def _open(port: int, number: int, token: str) -> Client:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    socket_ = number % 2 == 0
    path = "/api/v1/streaming?stream=user" if socket_ else "/api/v1/streaming/public"
    headers = f"Host: {DOMAIN}\r\n" + (f"{UPGRADE}Authorization: Bearer {token}\r\n" if socket_ else "")
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
    await writer.drain()
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer[:20] and b" 200 " not in answer[:20]:
        raise SystemExit(answer.decode(errors="replace"))
    return Client(reader, writer, socket_)


if __name__ == "__main__":
    main()
