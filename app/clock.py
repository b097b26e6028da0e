"""The time, handed in: the real clock and its twin for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time; everything that needs it takes one of these."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - the one place that asks the machine


class FrozenClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._at = at

    def now(self) -> datetime:
        """The time that was set."""
        return self._at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._at += by
