"""Programs that look at what strangers sent, each in bounds that the kernel keeps: time, memory, size of its files.

They get an empty environment, and end with the process that started them. `end_all` ends them before their time.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

PATH: Final = "/usr/local/bin:/usr/bin:/bin"
LONGEST_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds of processor time and on the clock, bytes of memory, bytes of any one file that is written."""

    processor_seconds: int
    seconds: float
    memory_bytes: int
    file_bytes: int


class CageError(Exception):
    """The program failed. `costly`: it ran into a bound, so trying again would cost as much."""

    def __init__(self, words: str, *, costly: bool = False) -> None:
        super().__init__(words)
        self.costly = costly


class EndedError(Exception):
    """It was ended because this process stops: it can be tried again."""


_lock = threading.Lock()
_running: set[subprocess.Popen[bytes]] = set()
_over = threading.Event()


def run(command: Sequence[str], bounds: Bounds, *, folder: str) -> bytes:
    """What the program wrote to its standard output. Raises CageError, EndedError."""
    limits = (bounds.processor_seconds, bounds.memory_bytes, bounds.file_bytes)
    process = _start([sys.executable, "-I", "-m", "app.media.cage", *map(str, limits), *command], folder)
    try:
        out, errors = process.communicate(timeout=bounds.seconds)
    except subprocess.TimeoutExpired as error:
        process.kill()
        process.communicate()
        raise CageError("too slow", costly=True) from error
    finally:
        with _lock:
            _running.discard(process)
    if process.returncode != 0:
        if _over.is_set():
            raise EndedError
        raise CageError(_last_words(errors) or f"status {process.returncode}", costly=process.returncode < 0)
    return out


def end_all() -> None:
    """This process stops: end what runs, and start nothing more."""
    _over.set()
    with _lock:
        for process in _running:
            with suppress(ProcessLookupError):
                process.kill()


def begin_again() -> None:
    """What `end_all` stopped may start again: a worker that works anew in the same process."""
    _over.clear()


def _start(command: list[str], folder: str) -> subprocess.Popen[bytes]:
    with _lock:
        if _over.is_set():
            raise EndedError
        process = subprocess.Popen(  # noqa: S603 - a list of ours; what was sent is only ever a file's content
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": PATH},
            cwd=folder,
        )
        _running.add(process)
    return process


def _last_words(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1][:LONGEST_WORDS] if lines else ""
