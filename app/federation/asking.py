"""Asking other servers for many things at once: a thread for each host, so that a silent one holds up itself alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

THREADS = 4

_Due = TypeVar("_Due")


def each_host(dues: Iterable[_Due], host_of: Callable[[_Due], str], ask: Callable[[list[_Due]], None]) -> int:
    """Call `ask` with what is due of each host, and wait for all; how many there were. Raises what `ask` raises."""
    by_host: dict[str, list[_Due]] = {}
    for due in dues:
        by_host.setdefault(host_of(due), []).append(due)
    if by_host:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="asking") as pool:
            for done in [pool.submit(ask, theirs) for theirs in by_host.values()]:
                done.result()
    return sum(map(len, by_host.values()))
