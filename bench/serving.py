"""Which WSGI server? granian against gunicorn with threads and with gevent, on the real application and real rows.

`python -m bench.serving [--seconds 4]` prints a table: answers a second and latencies for the home timeline, a public
page and a post that is judged, and the memory of each server. Only ever talks to loopback.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import memory
from tests.support.running import free_ports
from tests.support.stores import TestValkey

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
CONNECTIONS = (1, 8, 32)
FILL_SECONDS = 2.0
WORDS = [
    "heron",
    "reed",
    "tide",
    "harbour",
    "kettle",
    "apple",
    "winter",
    "ferry",
    "lamp",
    "garden",
    "letter",
    "bridge",
    "soup",
    "choir",
    "marble",
    "fox",
]
GEVENT = ("--worker-class", "gevent", "--keep-alive", "75")


@dataclass(frozen=True)
class Server:
    """A way to serve: its name, and its command for a port."""

    name: str
    command: Callable[[int], list[str]]


def _gunicorn(*options: str) -> Callable[[int], list[str]]:
    return lambda port: [
        str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--log-level", "error", *options,
        "bench.serving:application()",
    ]  # fmt: skip


SERVERS = (
    Server("granian, 1 process, 8 threads", lambda port: [
        sys.executable, "-m", "workers.cli", "web", "--port", str(port), "--threads", "8"]),
    Server("granian, 1 process, 2 threads", lambda port: [
        sys.executable, "-m", "workers.cli", "web", "--port", str(port), "--threads", "2"]),
    Server("granian, 1 process, 4 threads", lambda port: [
        sys.executable, "-m", "workers.cli", "web", "--port", str(port), "--threads", "4"]),
    Server("granian, 2 processes, 4 threads", lambda port: [
        sys.executable, "-m", "workers.cli", "web", "--port", str(port), "--threads", "4", "--workers", "2"]),
    Server("gunicorn, 1 process, 8 threads", _gunicorn("--workers", "1", "--threads", "8", "--keep-alive", "75")),
    Server("gunicorn, 2 processes, 4 threads", _gunicorn("--workers", "2", "--threads", "4", "--keep-alive", "75")),
    Server("gunicorn, 1 process, gevent", _gunicorn("--workers", "1", *GEVENT)),
    Server("gunicorn, 2 processes, gevent", _gunicorn("--workers", "2", *GEVENT)),
)  # fmt: skip


def application() -> Any:
    """The WSGI application, for gunicorn."""
    from app.factory import create_app
    from app.settings import from_environment, with_secret
    from app.wiring import make_services

    return create_app(make_services(with_secret(from_environment())))


@dataclass(frozen=True)
class Result:
    """What a run gave."""

    per_second: float
    median_ms: float
    p99_ms: float
    errors: int


async def load(port: int, make: Callable[[], bytes], connections: int, seconds: float) -> Result:
    """Send requests over so many kept connections, each waiting for its answer."""
    latencies: list[float] = []
    errors = 0
    until = time.perf_counter() + seconds

    async def one() -> None:
        nonlocal errors
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
            )
            await reader.readexactly(length)
            errors += head.split(b" ", 2)[1] != b"200"
            latencies.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    took = time.perf_counter() - began
    latencies.sort()
    return Result(
        len(latencies) / took,
        latencies[len(latencies) // 2] * 1000,
        latencies[int(len(latencies) * 0.99)] * 1000,
        errors,
    )


def requests(token: str) -> dict[str, Callable[[], bytes]]:
    """The three kinds of request."""
    number = itertools.count(time.time_ns())
    host = "Host: localhost:8000\r\n"
    bearer = f"Authorization: Bearer {token}\r\n"

    def post() -> bytes:
        n = next(number)
        text = " ".join(WORDS[(n >> shift) % len(WORDS)] for shift in range(0, 40, 3)) + f" {n}"
        body = json.dumps({"status": text, "visibility": "public"}).encode()
        return (
            f"POST /api/v1/statuses HTTP/1.1\r\n{host}{bearer}Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body

    home = f"GET /api/v1/timelines/home?limit=20 HTTP/1.1\r\n{host}{bearer}\r\n".encode()
    page = f"GET /about HTTP/1.1\r\n{host}\r\n".encode()
    return {"home timeline": lambda: home, "a page": lambda: page, "a post": post}


@contextmanager
def running(server: Server, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """The server's port and pid, once it answers."""
    port = free_ports()
    process = subprocess.Popen(
        server.command(port), cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + 60
    while True:
        try:
            asyncio.run(load(port, lambda: b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 1, 0.01))
            return
        except (OSError, asyncio.IncompleteReadError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def prepare(environment: dict[str, str]) -> str:
    """A member with posts; her token."""

    def ostiary(*arguments: str) -> str:
        command = [sys.executable, "-m", "workers.cli", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, text=True).stdout

    ostiary(
        "account",
        "create",
        "ana",
        "--email",
        "ana@people.example",
        "--password",
        "a long passphrase",
        "--role",
        "admin",
    )
    token = ostiary("token", "create", "ana", "--scope", "read write follow").strip()
    with running(SERVERS[0], environment) as (port, _):
        asyncio.run(load(port, requests(token)["a post"], 1, FILL_SECONDS))
    return token


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--only", default="", help="servers whose names contain this")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ostiary-bench-") as name, TestValkey() as valkey:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OSTIARY_")} | {
            "OSTIARY_DATA_DIR": name,
            "OSTIARY_REDIS_URL": valkey.url,
            "OSTIARY_RATE_LIMITS": "off",
            "OPENBLAS_NUM_THREADS": "1",
            "MALLOC_ARENA_MAX": "2",
        }
        token = prepare(environment)
        print("| server | request | connections | a second | median ms | p99 ms | errors | MB |")
        print("|---|---|---:|---:|---:|---:|---:|---:|")
        for server in SERVERS:
            if asked.only in server.name:
                measure(server, environment, token, asked.seconds)


def measure(server: Server, environment: dict[str, str], token: str, seconds: float) -> None:
    """Print one server's lines."""
    with running(server, environment) as (port, pid):
        for kind, make in requests(token).items():
            for connections in CONNECTIONS:
                asyncio.run(load(port, make, connections, 0.5))
                got = asyncio.run(load(port, make, connections, seconds))
                megabytes = memory.total(pid) / 1024
                print(
                    f"| {server.name} | {kind} | {connections} | {got.per_second:.0f} | {got.median_ms:.1f} |"
                    f" {got.p99_ms:.1f} | {got.errors} | {megabytes:.0f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
