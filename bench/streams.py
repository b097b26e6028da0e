"""Memory of the stream process with many who listen and hear nothing: `python -m bench.streams [NUMBER]`.

Starts `ostiary stream` on a Valkey and a database of its own. Half of those who listen are on a WebSocket with a
member's token (`user`), half on server-sent events (`public`). Then one event goes to each: are they all still there?
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

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
MEMBERS = 50
SETTLE_SECONDS = 40
"""Longer than the pauses between two signs of life and between two looks at a token: each connection had both."""
AT_ONCE = 50
UPGRADE = (
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
MARK = "7" * 12
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def main() -> None:
    """Measure, and print a line of RESULTS.md."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else NUMBER
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder, TestValkey() as valkey:
        home = Path(folder)
        tokens_, members = _people(home, valkey)
        with _stream(home, valkey) as (pid, port):
            asyncio.run(_measure(pid, port, number, tokens_, members, valkey))


def _people(home: Path, valkey: TestValkey) -> tuple[list[str], list[int]]:
    db = Database(f"sqlite:///{home / 'ostiary.sqlite3'}")
    create_all(db.engine)
    services = make_services(home, db=db, redis=valkey.client(), clock=SystemClock())
    members = [people.member(services, f"member{number}").id for number in range(MEMBERS)]
    made = [tokens.make(services, member, "read") for member in members]
    db.dispose()
    return made, members


@contextmanager
def _stream(home: Path, valkey: TestValkey) -> Iterator[tuple[int, int]]:
    port = free_ports()
    environment = {
        **os.environ,
        "OSTIARY_DOMAIN": DOMAIN,
        "OSTIARY_SECRET_KEY": SECRET,
        "OSTIARY_DATA_DIR": str(home),
        "OSTIARY_REDIS_URL": valkey.url,
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
    pid: int, port: int, number: int, tokens_: Sequence[str], members: Sequence[int], valkey: TestValkey
) -> None:
    before = total(pid)
    connections = await _connect(port, number, tokens_)
    await asyncio.sleep(SETTLE_SECONDS)
    idle = total(pid)
    started = time.monotonic()
    hearing = [asyncio.create_task(_hears(reader)) for reader, _ in connections]
    channels = [events.PUBLIC, *(events.user_channel(member) for member in members)]
    events.publish(valkey.client(), channels, "delete", {"id": MARK})
    heard = sum(await asyncio.gather(*hearing))
    seconds = time.monotonic() - started
    print("| who listens | stream process, alone | with them idle | each | hear an event | all of them after |")
    print("|---|---|---|---|---|---|")
    each = (idle - before) / number
    print(
        f"| {number:,} | {before / 1024:.0f} MB | {idle / 1024:.0f} MB | {each:.0f} kB | {heard:,} | {seconds:.1f} s |"
    )


async def _connect(port: int, number: int, tokens_: Sequence[str]) -> list[Connection]:
    opened: list[Connection] = []
    for start in range(0, number, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, number))
        print(f"{len(opened):,} listen", file=sys.stderr)
        opened += await asyncio.gather(*(_open(port, one, tokens_[one // 2 % len(tokens_)]) for one in numbers))
    return opened


async def _open(port: int, number: int, token: str) -> Connection:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    socket_ = number % 2 == 0
    path = "/api/v1/streaming?stream=user" if socket_ else "/api/v1/streaming/public"
    headers = f"Host: {DOMAIN}\r\n" + (f"{UPGRADE}Authorization: Bearer {token}\r\n" if socket_ else "")
    writer.write(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
    await writer.drain()
    answer = await reader.readuntil(b"\r\n\r\n")
    if b" 101 " not in answer[:20] and b" 200 " not in answer[:20]:
        raise SystemExit(answer.decode(errors="replace"))
    return reader, writer


async def _hears(reader: asyncio.StreamReader) -> bool:
    try:
        await asyncio.wait_for(reader.readuntil(MARK.encode()), 60)
    except (TimeoutError, asyncio.IncompleteReadError, OSError):
        return False
    return True


if __name__ == "__main__":
    main()
