"""How many web processes fit this machine: its cores and its memory, or what its container or unit may have of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SYSTEM: Final = Path("/")
LEAST_BYTES: Final = 2 * 1000**3
"""A machine that is sold with 2 GB has a little less than 2 GiB."""


def web_processes(system: Path = SYSTEM) -> int:
    """Two where there are two cores and 2 GB of memory, which a second one needs; one elsewhere."""
    return 2 if cores(system) >= 2 and memory_bytes(system) >= LEAST_BYTES else 1


def cores(system: Path = SYSTEM) -> float:
    """Cores that this process may use, as the scheduler and its control groups say."""
    return min([len(os.sched_getaffinity(0)), *_quotas(system)])


def memory_bytes(system: Path = SYSTEM) -> int:
    """Memory that this process may use: the machine's, or less where a control group has a limit."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([machine, *(int(words[0]) for words in _limits(system, "memory.max"))])


def _quotas(system: Path) -> list[float]:
    return [int(quota) / int(period) for quota, period in _limits(system, "cpu.max")]


def _limits(system: Path, name: str) -> Iterator[list[str]]:
    """What that file says for the control group that this is in, and for those above it, where there's a limit."""
    group = _group(system)
    for folder in (group, *group.parents):
        file = system / "sys/fs/cgroup" / folder / name
        words = file.read_text().split() if file.is_file() else ["max"]
        if words[0] != "max":
            yield words


def _group(system: Path) -> Path:
    """The control group (version 2), from the root of what is mounted."""
    file = system / "proc/self/cgroup"
    lines = file.read_text().splitlines() if file.is_file() else []
    named = (line.partition("::")[2] for line in lines if line.startswith("0::"))
    return Path(next(named, "/").lstrip("/"))
