"""How much memory a running `ostiary run` takes: the PSS of its tree of processes. `python -m bench.memory PID`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Process:
    """One process: its proportional set size counts a page that n share as 1/n."""

    pid: int
    name: str
    kilobytes: int


def tree(root: int) -> list[Process]:
    """A process and all that descend from it."""
    parents = {pid: parent for pid, parent in map(_parent, _pids()) if parent is not None}
    found, ring = [root], {root}
    while ring:
        ring = {pid for pid, parent in parents.items() if parent in ring}
        found += sorted(ring)
    return [process for pid in found if (process := _look(pid)) is not None]


def total(root: int) -> int:
    """Kilobytes of the whole tree."""
    return sum(process.kilobytes for process in tree(root))


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]


def _parent(pid: int) -> tuple[int, int | None]:
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # it ended meanwhile
        return pid, None
    return pid, int(status.rpartition(")")[2].split()[1])


def _look(pid: int) -> Process | None:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        name = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return None
    kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return Process(pid, name.strip(), kilobytes)


def main() -> None:
    """Print the tree."""
    root = int(sys.argv[1])
    for process in tree(root):
        print(f"{process.kilobytes / 1024:8.1f} MB  {process.pid:>7}  {process.name[:90]}")
    print(f"{total(root) / 1024:8.1f} MB  in all")


if __name__ == "__main__":
    main()
