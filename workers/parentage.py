"""Children that can't outlive their parent, not even when it is killed with -9."""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `sig` when the thread that started it ends (prctl(2), Linux).

    Elsewhere than on Linux there's no such call, and the supervisor's own clean-up has to do.
    """
    prctl = getattr(_libc, "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def tied_to(parent: int, sig: signal.Signals = signal.SIGKILL) -> None:
    """The same, run between fork and exec; a parent that died before the call is noticed too."""
    die_with_parent(sig)
    if os.getppid() != parent:
        os._exit(1)
