"""Counting what a stretch of code deletes, table by table, whoever in it does it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sqlalchemy import Engine, event

_COUNTS: ContextVar[Counter[str] | None] = ContextVar("deletions", default=None)
_DELETE = re.compile(r'DELETE FROM "?(\w+)"?')


@contextmanager
def deletions() -> Iterator[Counter[str]]:
    """Rows deleted inside, by table; SQLite doesn't count what a DELETE gives back by RETURNING."""
    counts: Counter[str] = Counter()
    token = _COUNTS.set(counts)
    try:
        yield counts
    finally:
        _COUNTS.reset(token)


def listen(engine: Engine) -> None:
    """Count the statements of this engine, where somebody counts."""
    event.listen(engine, "after_cursor_execute", _count)


def _count(_connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
    counts = _COUNTS.get()
    found = _DELETE.match(statement) if counts is not None else None
    if counts is not None and found is not None and cursor.rowcount > 0:
        counts[found[1]] += cursor.rowcount
