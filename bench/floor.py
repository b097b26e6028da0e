"""The floor under every answer: a Flask application that reads one key from Redis, served as Ostiary is.

Machines differ, and one differs from hour to hour. What the floor answers a second on the same machine in the same run
says how much of a figure is the machine's: `python -m bench.measure --only api` measures it before each operation, and
prints what share of it the house answers.
Alone: `python -m bench.floor --tools DIR [-n 2000] [--port 8400] [--workers 2]`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from flask import Flask, Response
from redis import Redis

from workers import valkey
from workers.web import THREADS

PATH = "/api/v1/timelines/home"
BODY = b'{"id":"1"}'
PROCESSES = 2
REQUESTS = 1000


def main() -> None:
    """Measure the floor alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, required=True)
    parser.add_argument("-n", type=int, default=REQUESTS)
    parser.add_argument("--port", type=int, default=8400)
    parser.add_argument("--workers", type=int, default=PROCESSES)
    parser.add_argument("--serve", type=Path, help="serve what is at this socket, and nothing else")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.port, arguments.workers)
        return
    with serving(arguments.port, arguments.workers) as base:
        print("\n".join(load(arguments.tools, base, n=arguments.n)))


def load(tools: Path, base: str, token: str = "none", operation: str = "home", n: int = REQUESTS) -> list[str]:
    """What the load tool prints of one operation, with one client and with eight: a line each."""
    tool = [sys.executable, str(tools / "api_load.py"), "--base", base, f"--token={token}", "--only", operation]
    told = subprocess.run([*tool, "-n", str(n)], check=True, capture_output=True, text=True).stdout.splitlines()
    if any("not a measurement" in line for line in told):
        raise SystemExit("\n".join(told))
    return told


@contextmanager
def serving(port: int, workers: int) -> Iterator[str]:
    """The floor's address, while it answers there."""
    with tempfile.TemporaryDirectory(prefix="floor-") as folder:
        socket = Path(folder) / "valkey.sock"
        with _running(valkey.command(socket)) as store:
            if not valkey.answers(socket, lambda: store.poll() is None):
                raise SystemExit("Valkey doesn't start")
            command = [sys.executable, "-m", "bench.floor", "--tools", ".", "--serve", str(socket)]
            with _running([*command, "--port", str(port), "--workers", str(workers)]):
                yield _ready(f"http://127.0.0.1:{port}")


@contextmanager
def _running(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _ready(base: str) -> str:
    for _ in range(100):
        try:
            if httpx.get(base + PATH, timeout=2).status_code == httpx.codes.OK:
                return base
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("the floor doesn't answer")


def serve(socket: Path, port: int, workers: int) -> None:
    """As `workers.web` serves the house: the same server, threads and processes."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces

    Granian(
        "floor",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        backlog=1024,
        log_enabled=False,
    ).serve(target_loader=partial(_load, socket))


def _load(socket: Path, _target: str) -> Callable[..., Any]:
    application, redis = Flask(__name__), Redis.from_url(f"unix://{socket}")
    redis.set("page", BODY)

    @application.get(PATH)
    def page() -> Response:
        return Response(redis.get("page"), mimetype="application/json")

    return application


if __name__ == "__main__":
    main()
