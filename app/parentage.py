"""Children that can't outlive their parent, not even when it is killed with -9."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `sig` when the thread that started it ends (prctl(2), Linux).

    Elsewhere than on Linux there's no such call, and the supervisor's own clean-up has to do.
    """
    prctl = getattr(_libc, "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def call_it(name: str) -> None:
    """Name this process, for `ps -o comm` and for tests: at most 15 characters of it."""
    prctl = getattr(_libc, "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_NAME, name.encode()[:15], 0, 0, 0)


def tie_to(parent: int) -> None:
    """Die with the parent; one that died before the call is noticed too."""
    die_with_parent()
    if os.getppid() != parent:
        os._exit(1)
