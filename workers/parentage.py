"""Children that can't outlive their parent, not even when it is killed with -9."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to send this process `sig` when the thread that started it ends (prctl(2), Linux).

    Elsewhere than on Linux there's no such call, and the supervisor's own clean-up has to do.
    """
    prctl = getattr(_libc, "prctl", None)
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)


def command(arguments: Sequence[str]) -> list[str]:
    """A command line that runs `arguments` tied to this process; for the main thread, to whose life it is tied."""
    wrapper = Path(__file__).with_name("tied.py")
    return [sys.executable, "-I", "-S", str(wrapper), str(os.getpid()), *arguments]


def tied_to(parent: int, sig: signal.Signals = signal.SIGKILL) -> None:
    """Die with the parent; one that died before the call is noticed too."""
    die_with_parent(sig)
    if os.getppid() != parent:
        os._exit(1)
