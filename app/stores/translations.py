"""What a machine translated for somebody who reads a case: as long as their claim would last, and no longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from redis import Redis

from app.stores.of_cases import Shelf

SHELF: Final = Shelf("translated", 300)
"""A claim's five minutes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The translation of one version of a text."""

    snapshot: int
    language: str
    text: str
    warning: str
    source: str
    provider: str


def keep(redis: Redis, case_id: int, name: str, shown: Shown) -> None:
    """Keep it for who asked."""
    SHELF.put(redis, case_id, name, shown)


def of(redis: Redis, case_id: int, name: str) -> Shown | None:
    """What they asked for lately; None where that is nothing, or the store is away."""
    said = SHELF.get(redis, case_id, name)
    return None if said is None else Shown(**said)


def forget(redis: Redis, case_id: int) -> None:
    """Nobody reads it any more."""
    SHELF.forget(redis, case_id)
