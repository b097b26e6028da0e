"""Times as Mastodon writes them."""

from __future__ import annotations

from datetime import datetime


def instant(at: datetime) -> str:
    """`2024-01-01T00:00:00.000Z`."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def instant_or_none(at: datetime | None) -> str | None:
    """The same; null stays null."""
    return None if at is None else instant(at)


def day(at: datetime) -> str:
    """`2024-01-01T00:00:00.000Z`: an account's beginning is told by its day alone."""
    return f"{at:%Y-%m-%d}T00:00:00.000Z"


def date_or_none(at: datetime | None) -> str | None:
    """`2024-01-01`."""
    return None if at is None else f"{at:%Y-%m-%d}"
