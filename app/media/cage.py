"""Becomes another program, within bounds: `python -I -m app.media.cage SECONDS MEMORY FILE_BYTES PROGRAM …`.

The kernel ends what takes more processor time, memory or room on the disk. It yields to everything else on the machine.
"""

from __future__ import annotations

import os
import resource
import sys

from app import parentage

LEAST_URGENT = 19


def main() -> None:
    """Set the bounds, then become the program."""
    seconds, memory, file_bytes = map(int, sys.argv[1:4])
    parentage.die_with_parent()
    os.nice(LEAST_URGENT)
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606 - that is what it's for


if __name__ == "__main__":
    main()
