"""Children of the supervisor: forked from its memory, watched, started again with growing pauses, stopped.

A fork shares the modules that the supervisor has loaded, so that four processes take little more memory than one,
and a killed one is back in a tenth of a second. The supervisor has one thread and no connection when it forks.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import structlog

from app.parentage import call_it, tie_to

log = structlog.get_logger()
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
LARGEST_LOG_BYTES = 20 * 1024 * 1024
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Plan:
    """What a child does, and how long it may take to end."""

    name: str
    work: Callable[[], object]
    stop_seconds: float = 10.0


@dataclass
class Child:
    """One child, started and looked after by the supervisor's only thread."""

    plan: Plan
    log: Path
    before_fork: Callable[[], None]
    pid: int | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = 0.0

    def start(self) -> None:
        """Fork it."""
        cut(self.log)
        self.before_fork()
        sys.stdout.flush()
        sys.stderr.flush()
        parent, pid = os.getpid(), os.fork()
        if pid == 0:
            self._live(parent)
        self.pid, self.started_at = pid, time.monotonic()

    def _live(self, parent: int) -> NoReturn:
        """In the child: become a process of its own, work, end. Never returns into the supervisor's code."""
        code: object = 1
        try:
            tie_to(parent)
            call_it(f"ostiary-{self.plan.name}")
            os.setpgid(0, 0)  # the terminal's Ctrl-C is the supervisor's alone
            for sig in (signal.SIGTERM, signal.SIGINT):
                signal.signal(sig, signal.SIG_DFL)
            self._redirect()
            self.plan.work()
            code = 0
        except SystemExit as ending:
            code = ending.code
        except Exception:
            log.exception("child_failed", child=self.plan.name)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code if isinstance(code, int) else 0 if code is None else 1)

    def _redirect(self) -> None:
        output = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        for source in (nothing, output):
            os.close(source)

    @property
    def running(self) -> bool:
        """Whether it lives; notices its end."""
        return self._ended() is None and self.pid is not None

    def _ended(self) -> int | None:
        """Its exit code, when it has just ended."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def watch(self, now: float) -> int | None:
        """Look after it: its exit code when it was just found ended; start it anew once its pause is over."""
        code = self._ended()
        if code is not None:
            self.again_at = now + min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self.failures)
            self.failures += 1
        elif self.pid is None and now >= self.again_at:
            self.start()
        elif self.failures and now - self.started_at > STEADY_AFTER_SECONDS:
            self.failures = 0
        return code

    def stop(self) -> None:
        """Ask it to end, and end it when it doesn't."""
        if not self.running or self.pid is None:
            return
        os.kill(self.pid, signal.SIGTERM)
        until = time.monotonic() + self.plan.stop_seconds
        while self.running and time.monotonic() < until:
            time.sleep(LOOK_SECONDS)
        if self.pid is not None:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = None

    def run_once(self) -> int:
        """Start it, and wait until it has done its work; its exit code."""
        self.start()
        if self.pid is None:
            return 1
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)


def cut(log_file: Path) -> None:
    """Keep a log file and one older: children append, so it can be emptied under them."""
    log_file.parent.mkdir(parents=True, exist_ok=True)
    if log_file.exists() and log_file.stat().st_size > LARGEST_LOG_BYTES:
        log_file.with_suffix(".log.1").write_bytes(log_file.read_bytes())
        os.truncate(log_file, 0)
