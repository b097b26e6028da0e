"""What somebody typed in a case and hasn't sent: kept for that person and that case, and forgotten by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from redis import Redis

from app.stores.of_cases import Shelf

SHELF: Final = Shelf("typed", 7 * 86400)
"""It is nobody's word yet."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Fields by their names, and when they were kept."""

    fields: Mapping[str, str]
    at: datetime


def keep(redis: Redis, case_id: int, name: str, fields: Mapping[str, str], now: datetime) -> None:
    """Keep what was typed, instead of what was kept before; nothing is kept of no words."""
    if fields:
        SHELF.put(redis, case_id, name, {"at": now.timestamp(), "fields": dict(fields)})
    else:
        SHELF.forget(redis, case_id, name)


def of(redis: Redis, case_id: int, name: str) -> Typed | None:
    """What somebody typed in a case; None where there is nothing, or the store is away."""
    said = SHELF.get(redis, case_id, name)
    return None if said is None else Typed(said["fields"], datetime.fromtimestamp(said["at"], UTC))


def forget(redis: Redis, case_id: int, name: str | None = None) -> None:
    """Forget what one typed in a case, or, without a name, what everybody did."""
    SHELF.forget(redis, case_id, name)
