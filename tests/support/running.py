"""A real `ostiary run` on free ports in a folder: started, asked, killed in parts, stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
from sqlalchemy import create_engine, text, update

from app.clock import SystemClock
from moderation.cases.reversals import UNDO_WINDOW
from moderation.domains.tables import DomainRuleRow

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
LOOK_SECONDS = 0.02
PASSWORD = "a long enough passphrase"
SCOPES = "read write follow push admin:read admin:write"


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30.0) -> None:
    """Return once it holds; an AssertionError says what never came true."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} seconds: {what}"
        time.sleep(LOOK_SECONDS)


def free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with contextlib.suppress(OSError):
                second.bind(("127.0.0.1", port + 1))
                return port


def alive(pid: int) -> bool:
    """Whether a process runs (one that ended and waits for its parent doesn't)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> dict[int, str]:
    """The processes below one, with their short names."""
    parents = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                head, _, rest = (folder / "stat").read_text().rpartition(")")
                parents[int(folder.name)] = (int(rest.split()[1]), head.partition("(")[2])
    found, ring = {}, {pid}
    while ring:
        ring = {child for child, (parent, _) in parents.items() if parent in ring}
        found |= {child: parents[child][1] for child in ring}
    return found


class RunningServer:
    """One server. `http` has its address as base; a trial's name is `localhost`, spoken to on 127.0.0.1."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None) -> None:
        self.web_processes = 1  # a second one takes memory that the suite needs elsewhere
        self.folder, self.port = folder, port or free_ports()
        self.data = folder / "data"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("OSTIARY_")}  # noqa: TID251
        self.environment = inherited | {"PYTHONUNBUFFERED": "1"} | dict(environment or {})
        self.base_url = f"http://localhost:{self.port}"
        self.http = httpx.Client(base_url=self.base_url, timeout=20)
        self.process: subprocess.Popen[str] | None = None

    def start(self, *, ready: bool = True) -> RunningServer:
        """Start it, and wait until it is ready."""
        self.output = self.folder / f"output-{time.monotonic_ns()}"
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "workers.cli", "run", "--port", str(self.port)),
                    *("--data", str(self.data), "--workers", str(self.web_processes)),
                ],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                process_group=0,
            )
        if ready:
            self.wait_until_ready()
        return self

    def ready(self) -> bool:
        """Whether web, stream, worker, scheduler and stores answer."""
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def wait_until_ready(self) -> None:
        """Raises AssertionError with the output when it ends, or isn't ready in time."""
        running = self._running()
        until = time.monotonic() + READY_SECONDS
        while not self.ready():
            assert running.poll() is None and time.monotonic() < until, self.said()
            time.sleep(LOOK_SECONDS)

    def said(self) -> str:
        """What it printed."""
        return self.output.read_text()

    def pids(self, name: str) -> list[int]:
        """Its processes of that name: web, worker, stream, valkey."""
        wanted = "valkey" if name == "valkey" else f"ostiary-{name}"
        return [pid for pid, found in children(self._running().pid).items() if found.startswith(wanted)]

    def kill(self, name: str) -> None:
        """Kill -9 what has that name; `supervisor` is the whole one's head."""
        if name != "supervisor":
            wait_for(lambda: bool(self.pids(name)), f"a {name} runs")
        pids = [self._running().pid] if name == "supervisor" else self.pids(name)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # it went with its parent
                os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not any(map(alive, pids)), f"{name} is gone")
        if name == "supervisor":
            self._running().wait()
            self.process = None

    def stop(self) -> int:
        """Ctrl-C; the exit code, once everything has ended."""
        running = self._running()
        family = children(running.pid)
        running.send_signal(signal.SIGINT)
        code = running.wait(90)
        wait_for(lambda: not any(map(alive, family)), f"all of {family} is gone")
        self.process = None
        return code

    def wait(self) -> int:
        """Wait until it ends by itself; the exit code."""
        code = self._running().wait(90)
        self.process = None
        return code

    def close(self) -> None:
        """Leave nothing running."""
        self.http.close()
        if self.process is not None and self.process.poll() is None:
            self.stop()

    def cli(self, *arguments: str) -> str:
        """Run a command on the same data; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "workers.cli", *arguments, "--port", str(self.port), "--data", str(self.data)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def member(self, name: str, role: str = "member") -> dict[str, str]:
        """Make a member; headers that sign requests in as them."""
        self.cli("account", "create", name, "--email", f"{name}@people.example", "--password", PASSWORD, "--role", role)
        scope = SCOPES if role != "member" else "read write follow push"
        return {"Authorization": f"Bearer {self.cli('token', 'create', name, '--scope', scope).strip()}"}

    def send_what_waits(self, kind: str) -> None:
        """As if the window had passed in which what is queued of this kind of activity could be undone."""
        url = self.environment.get("OSTIARY_DATABASE_URL") or f"sqlite:///{self.data / 'ostiary.sqlite3'}"
        engine = create_engine(url)
        of_kind = "SELECT id FROM outbox_activities WHERE kind = :kind"
        due = f"UPDATE deliveries SET next_at = created_at WHERE activity_id IN ({of_kind})"
        with engine.begin() as connection:
            assert connection.execute(text(due), {"kind": kind}).rowcount == 1
        engine.dispose()

    def rules_about_servers_are_old(self) -> None:
        """As if the window had passed in which the rules that were set could be undone."""
        engine = create_engine(
            self.environment.get("OSTIARY_DATABASE_URL") or f"sqlite:///{self.data / 'ostiary.sqlite3'}"
        )
        long_ago = SystemClock().now() - 2 * UNDO_WINDOW
        with engine.begin() as connection:
            assert connection.execute(update(DomainRuleRow).values(set_at=long_ago)).rowcount
        engine.dispose()

    def _running(self) -> subprocess.Popen[str]:
        assert self.process is not None, "it was not started"
        return self.process


@contextlib.contextmanager
def running_server(
    folder: Path, environment: Mapping[str, str] | None = None, port: int | None = None
) -> Iterator[RunningServer]:
    """A server that is ready; gone at the end of the block."""
    server = RunningServer(folder, environment, port)
    try:
        yield server.start()
    finally:
        server.close()
