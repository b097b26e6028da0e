"""Paging by id, as Mastodon's clients do it: max_id, since_id, min_id, limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute

S = TypeVar("S", bound=Select[Any])
T = TypeVar("T")
LARGEST = 2**63 - 1
COUNTED = 1000
"""Where only the order of magnitude matters nobody counts further."""


@dataclass(frozen=True)
class Paging:
    """What a client asks for. `min_id` reads upwards from there; `since_id` reads from the top, down to there."""

    limit: int = 20
    max_id: int | None = None
    since_id: int | None = None
    min_id: int | None = None

    @property
    def upwards(self) -> bool:
        """Whether the page is the next newer one, not the newest."""
        return self.min_id is not None


def by_id(query: S, column: InstrumentedAttribute[int], paging: Paging) -> S:
    """The query, cut to this page and ordered; pages read upwards come oldest first: see `newest_first`."""
    if paging.max_id is not None:
        query = query.where(column < paging.max_id)
    if paging.since_id is not None:
        query = query.where(column > paging.since_id)
    if paging.min_id is not None:
        query = query.where(column > paging.min_id)
    return query.order_by(column.asc() if paging.upwards else column.desc()).limit(paging.limit)


def newest_first(rows: Sequence[T], paging: Paging) -> list[T]:
    """Rows as clients want them, whichever way they were read."""
    return list(reversed(rows)) if paging.upwards else list(rows)
