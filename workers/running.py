"""How `ostiary run` wants Python and its libraries to use memory."""

from __future__ import annotations

from pathlib import Path


def environment(data: Path) -> dict[str, str]:
    """What must stand in the environment before Python starts."""
    return {
        "PROMETHEUS_MULTIPROC_DIR": str(data / "metrics"),
        "OPENBLAS_NUM_THREADS": "1",  # each thread of BLAS takes buffers, and the products here are small
        "MALLOC_ARENA_MAX": "2",  # glibc's arenas per thread keep what they once had
    }
