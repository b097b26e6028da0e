"""The supervisor behind `ostiary run`: starts everything on this machine, watches it, and stops it in order.

It is the scheduler too. It has one thread, loads every module once, and forks its children from there; before it
forks it closes its own connections, because neither SQLite's nor Redis's may cross a fork.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import http.client
import importlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import structlog
from sqlalchemy.orm import configure_mappers

from app.settings import Settings
from workers import children, scheduler, stream, valkey, web, worker
from workers.children import Child, Plan
from workers.stopping import until_stopped

log = structlog.get_logger()
LOOK_SECONDS = 0.05
READY_SECONDS = 60.0
PORT_SECONDS = 5.0
WEB_STOP_SECONDS = 15.0
WORKER_STOP_SECONDS = 30.0
CUT_LOGS_EVERY_SECONDS = 600.0
PRELOADED = (
    *("app.factory", "app.wiring", "app.stream.server", "workers.jobs", "workers.prepare", "granian"),
    *("app.federation.abandoned", "app.federation.wire.client", "app.media.fetching", "moderation.tools"),
)
"""What a child would load after its fork it would have alone."""


class RunError(Exception):
    """It can't be started; the text is one line for the person at the terminal."""


@dataclass(frozen=True)
class Run:
    """What `ostiary run` was told."""

    settings: Settings
    host: str
    port: int
    demo: bool
    say: Callable[[str], None]
    web_workers: int = 1

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.settings.data_dir

    @property
    def socket(self) -> Path:
        """Where the embedded Valkey listens."""
        return self.data / "valkey.sock"


def run(given: Run) -> None:
    """Run until SIGINT or SIGTERM. Raises RunError, ValkeyError."""
    over = until_stopped()
    with _lock(given.data):
        for port in (given.port, given.port + 1):
            _require_free(given.host, port)
        _forget_metrics(given.data)
        for name in PRELOADED:
            importlib.import_module(name)
        configure_mappers()  # what each child would do by itself, for its first query
        gc.collect()
        gc.freeze()  # the collector's marks would copy the pages that children share
        _Supervisor(given).run(over)


class _Supervisor:
    """Everything that runs, in the order in which it is stopped."""

    def __init__(self, given: Run) -> None:
        self._given = given
        self._scheduler = scheduler.Scheduler(scheduler.Ground.of(given.settings))
        self._web, self._worker, self._stream = (self._child(plan) for plan in plans(given))
        embedded = given.settings.redis_url == f"unix://{given.socket}"
        self._valkey = self._child(_valkey_plan(given)) if embedded else None
        self._announce_until = time.monotonic() + READY_SECONDS

    def _child(self, plan: Plan) -> Child:
        return Child(plan, self._given.data / "logs" / f"{plan.name}.log", self._let_go)

    def _let_go(self) -> None:
        """Hold no connection while forking."""
        self._scheduler.ground.let_go()

    def run(self, over: threading.Event) -> None:
        """Start, look after, stop."""
        try:
            self._start_valkey()
            self._prepare()
            for child in (self._stream, self._worker, self._web):
                child.start()
            self._look_after(over)
        finally:
            self._stop()

    def _start_valkey(self) -> None:
        if self._valkey is None:
            return
        self._given.socket.unlink(missing_ok=True)
        self._valkey.start()
        if not valkey.answers(self._given.socket, lambda: self._valkey is not None and self._valkey.running):
            raise valkey.ValkeyError(f"the embedded Valkey doesn't start; its last words are in {self._valkey.log}")

    def _prepare(self) -> None:
        """Migrate, settle the domain, make the first link: in a child, so that no connection is left in here."""
        told = self._given.data / "told"
        told.unlink(missing_ok=True)
        work = partial(_prepare, self._given, told)
        code = self._child(Plan("prepare", work)).run_once()
        if told.exists():
            self._given.say(told.read_text().rstrip())
            told.unlink()
        if code != 0:
            raise RunError(f"Ostiary was not started; more is in {self._given.data / 'logs' / 'prepare.log'}.")

    def _look_after(self, over: threading.Event) -> None:
        announced, cut_at = False, time.monotonic() + CUT_LOGS_EVERY_SECONDS
        everybody = [child for child in (self._valkey, self._stream, self._worker, self._web) if child is not None]
        while not over.wait(LOOK_SECONDS):
            now = time.monotonic()
            for child in everybody:
                code = child.watch(now)
                if code is not None:
                    log.error("child_ended", child=child.plan.name, code=code)
            self._scheduler.step(now)
            announced = announced or self._announce(now)
            if now > cut_at:
                cut_at = now + CUT_LOGS_EVERY_SECONDS
                for child in everybody:
                    children.cut(child.log)

    def _announce(self, now: float) -> bool:
        """Say so once everything answers; whether it was said."""
        if _ready(self._given):
            self._given.say(f"Ostiary runs at {self._given.settings.base_url}\nCtrl-C stops all of it.")
            return True
        if now > self._announce_until:
            self._given.say(f"Ostiary isn't ready after a minute; its logs are in {self._given.data / 'logs'}")
            return True
        return False

    def _stop(self) -> None:
        self._given.say("Stopping.")
        for child in (self._web, self._worker, self._stream):
            child.stop()
        self._scheduler.stop()
        if self._valkey is not None:
            self._valkey.stop()
            self._given.socket.unlink(missing_ok=True)


def plans(given: Run) -> tuple[Plan, Plan, Plan]:
    """Web, worker and stream."""
    settings, host, port = given.settings, given.host, given.port
    return (
        Plan("web", partial(web.serve, settings, host, port, given.web_workers), WEB_STOP_SECONDS),
        Plan("worker", partial(worker.start, settings, alone=True), WORKER_STOP_SECONDS),
        Plan("stream", partial(stream.start, settings, host, port + 1)),
    )


def _valkey_plan(given: Run) -> Plan:
    arguments = valkey.command(given.socket)
    return Plan("valkey", partial(os.execv, arguments[0], arguments))


def _prepare(given: Run, told: Path) -> None:
    from app import logs
    from app.settings import SettingsError
    from app.wiring import make_services
    from workers import prepare

    logs.configure("prepare")
    told.touch(mode=0o600)  # the first admin's link passes through it: never through a log
    with told.open("a") as file:
        try:
            prepare.prepare(make_services(given.settings), lambda line: file.writelines((line, "\n")), demo=given.demo)
        except SettingsError as error:
            file.write(f"Error: {error}\n")
            raise SystemExit(1) from error


def _ready(given: Run) -> bool:
    host = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, given.port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _forget_metrics(data: Path) -> None:
    """Counters begin anew with each run."""
    for file in (data / "metrics").glob("*.db"):
        if not file.stem.endswith(f"_{os.getpid()}"):
            file.unlink()


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
                    raise RunError(f"Port {port} on {host} is taken: {error.strerror}.") from error
        time.sleep(LOOK_SECONDS)
