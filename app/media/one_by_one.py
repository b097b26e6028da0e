"""Work that is taken one by one, since each takes long, and ends early where the process stops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def drain(take: Callable[[], T | None], make: Callable[[T], bool], limit: int) -> int:
    """Take and make until there is nothing to take, or `make` says that this process stops; how many were made."""
    done = 0
    while done < limit and (one := take()) is not None:
        if not make(one):
            break
        done += 1
    return done
