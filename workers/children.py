"""Child processes of the supervisor: started, watched, started again with growing pauses, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from workers import parentage

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0
LARGEST_LOG_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Plan:
    """How a child is started, and how long it may take to end."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    stop_seconds: float = 10.0


@dataclass
class Child:
    """One child. All of its methods are for the main thread: the kernel ties a child to the thread that starts it."""

    plan: Plan
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    again_at: float = field(default=0.0)

    def start(self) -> None:
        """Start it in a process group of its own: the terminal's Ctrl-C is the supervisor's alone."""
        cut(self.log)
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(  # noqa: S603 - a command of ours
                parentage.command(self.plan.command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(self.plan.environment),
                process_group=0,
            )
        self.started_at = time.monotonic()

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None

    def watch(self, now: float) -> int | None:
        """Look after it: its exit code when it was just found ended; start it anew once its pause is over."""
        if self.running:
            if self.failures and now - self.started_at > STEADY_AFTER_SECONDS:
                self.failures = 0
            return None
        if self.process is not None:
            code, self.process = self.process.returncode, None
            self.again_at = now + min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**self.failures)
            self.failures += 1
            return code
        if now >= self.again_at:
            self.start()
        return None

    def stop(self) -> None:
        """Ask it to end, and end it when it doesn't."""
        if self.process is None or not self.running:
            return
        self.process.terminate()
        try:
            self.process.wait(self.plan.stop_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def cut(log: Path) -> None:
    """Keep a log file and one older: children append, so it can be emptied under them."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LARGEST_LOG_BYTES:
        log.with_suffix(".log.1").write_bytes(log.read_bytes())
        os.truncate(log, 0)
