"""Stopping: SIGTERM and SIGINT set an event, and whoever works looks at it between two things."""

from __future__ import annotations

import signal
import threading
from types import FrameType


def until_stopped() -> threading.Event:
    """An event that is set once this process is asked to end. For the main thread."""
    over = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        over.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    return over
