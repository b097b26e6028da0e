"""The supervisor behind `ostiary run`: starts everything on this machine, watches it, and stops it in order."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.settings import Settings
from workers import scheduler, valkey
from workers.children import Child, Plan, cut
from workers.stopping import until_stopped

log = structlog.get_logger()
LOOK_SECONDS = 0.1
READY_SECONDS = 60.0
PORT_SECONDS = 5.0
WORKER_STOP_SECONDS = 30.0
WEB_STOP_SECONDS = 15.0
CUT_LOGS_EVERY_SECONDS = 600.0


class RunError(Exception):
    """It can't be started; the text is one line for the person at the terminal."""


@dataclass(frozen=True)
class Run:
    """What `ostiary run` was told."""

    settings: Settings
    host: str
    port: int
    demo: bool
    environment: Mapping[str, str]
    say: Callable[[str], None]
    web_workers: int = 1

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data_dir

    def ostiary(self, *arguments: str) -> list[str]:
        """A command of ours, on the same data and port."""
        return [
            *(sys.executable, "-m", "workers.cli", *arguments),
            *("--port", str(self.port), "--data", str(self.data)),
        ]


def run(given: Run) -> None:
    """Run until SIGINT or SIGTERM. Raises RunError, ValkeyError."""
    over = until_stopped()
    with _lock(given.data):
        for port in (given.port, given.port + 1):
            _require_free(given.host, port)
        embedded = _embedded_valkey(given)
        if embedded is not None:
            embedded.start()
            _wait_for_valkey(embedded, given.data)
        try:
            _prepare(given)
            _watch(given, embedded, over)
        finally:
            if embedded is not None:
                embedded.stop()
                socket_of(given.data).unlink(missing_ok=True)


def _watch(given: Run, embedded: Child | None, over: threading.Event) -> None:
    web, worker, stream = (Child(plan, _log(given, plan.name)) for plan in plans(given))
    everybody = [child for child in (embedded, stream, worker, web) if child is not None]
    for child in (stream, worker, web):
        child.start()
    scheduling = threading.Thread(target=scheduler.serve, args=(given.settings, over), name="scheduler")
    scheduling.start()
    announcing = threading.Thread(target=_announce, args=(given, over), name="announce", daemon=True)
    announcing.start()
    try:
        _look_after(everybody, over)
    finally:
        over.set()
        given.say("Stopping.")
        for child in (web, worker, stream):
            child.stop()
        scheduling.join()


def plans(given: Run) -> tuple[Plan, Plan, Plan]:
    """Web, worker and stream, in the order in which they are stopped."""
    metrics = given.data / "metrics"
    environment = {
        **given.environment,
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
        "OPENBLAS_NUM_THREADS": "1",  # each thread of BLAS takes buffers, and the products here are small
        "MALLOC_ARENA_MAX": "2",  # glibc's arenas per thread keep what they once had
        "PYTHONUNBUFFERED": "1",
    }
    return (
        Plan(
            "web",
            given.ostiary("web", "--host", given.host, "--workers", str(given.web_workers)),
            environment,
            WEB_STOP_SECONDS,
        ),
        Plan("worker", given.ostiary("worker"), environment, WORKER_STOP_SECONDS),
        Plan("stream", given.ostiary("stream", "--host", given.host), environment),
    )


def socket_of(data: Path) -> Path:
    """Where the embedded Valkey listens."""
    return data / "valkey.sock"


def _embedded_valkey(given: Run) -> Child | None:
    socket_file = socket_of(given.data)
    if given.settings.redis_url != f"unix://{socket_file}":
        return None
    socket_file.unlink(missing_ok=True)
    plan = Plan("valkey", valkey.command(socket_file), given.environment)
    return Child(plan, _log(given, "valkey"))


def _wait_for_valkey(child: Child, data: Path) -> None:
    process = child.process
    if process is None or not valkey.answers(socket_of(data), process, valkey.START_SECONDS):
        child.stop()
        raise valkey.ValkeyError(f"the embedded Valkey doesn't start; its last words are in {child.log}")


def _prepare(given: Run) -> None:
    """Migrate, check the domain, make the first link: in a process of its own, whose memory goes with it."""
    metrics = given.data / "metrics"
    metrics.mkdir(exist_ok=True)
    for file in metrics.glob("*.db"):
        file.unlink()
    demo = ("--demo",) if given.demo else ()
    done = subprocess.run(  # noqa: S603 - a command of ours
        given.ostiary("prepare", *demo), env=dict(given.environment), stdin=subprocess.DEVNULL, check=False
    )
    if done.returncode != 0:
        raise RunError("Ostiary was not started.")


def _look_after(children: list[Child], over: threading.Event) -> None:
    cut_at = time.monotonic() + CUT_LOGS_EVERY_SECONDS
    while not over.wait(LOOK_SECONDS):
        now = time.monotonic()
        for child in children:
            code = child.watch(now)
            if code is not None:
                log.error("child_ended", child=child.plan.name, code=code, again_in=round(child.again_at - now, 1))
        if now > cut_at:
            cut_at = now + CUT_LOGS_EVERY_SECONDS
            for child in children:
                cut(child.log)


def _announce(given: Run, over: threading.Event) -> None:
    """Say so once everything answers."""
    until = time.monotonic() + READY_SECONDS
    while not over.is_set():
        if _ready(given):
            given.say(f"Ostiary runs at {given.settings.base_url}")
            given.say("Ctrl-C stops all of it.")
            return
        if time.monotonic() > until:
            given.say(f"Ostiary isn't ready yet after a minute; its logs are in {given.data / 'logs'}")
            return
        over.wait(LOOK_SECONDS)


def _ready(given: Run) -> bool:
    connection = http.client.HTTPConnection(_reachable(given.host), given.port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound


def _log(given: Run, name: str) -> Path:
    return given.data / "logs" / f"{name}.log"


@contextlib.contextmanager
def _lock(data: Path) -> Iterator[None]:
    """One `run` for each data directory; the kernel lets go of the lock however the process ends."""
    data.mkdir(parents=True, exist_ok=True)
    data.chmod(0o700)
    with (data / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunError(f"Ostiary runs already on {data}; stop it first, or choose another --data.") from error
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _require_free(host: str, port: int) -> None:
    """Children of a killed run need a moment to be gone, hence the patience."""
    until = time.monotonic() + PORT_SECONDS
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                return
            except OSError as error:
                if time.monotonic() > until:
                    raise RunError(
                        f"Port {port} on {host} is taken ({error.strerror}); choose another --port."
                    ) from error
        time.sleep(LOOK_SECONDS)
