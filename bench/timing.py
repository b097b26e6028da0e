"""How long something takes, many times over, as a row of bench/RESULTS.md."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable


def report(name: str, work: Callable[[], None], rounds: int = 20) -> None:
    """Print its median and 95th percentile, in milliseconds."""
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - begun))
    print(
        f"| {name} | {statistics.median(found):.1f} ms | {statistics.quantiles(found, n=20)[-1]:.1f} ms |", flush=True
    )
