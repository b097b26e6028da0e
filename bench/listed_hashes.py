"""How fast listed hashes are found: a picture's hash, as it stands and turned, among 100,000 listed ones.

python -m bench.listed_hashes [HOW_MANY]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

from moderation.listed import pdq
from moderation.listed.near import NearIndex


def main() -> None:
    """Print it."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    rng = np.random.default_rng(7)
    bits = [rng.bytes(32).hex() for _ in range(many)]
    began = time.perf_counter()
    index = NearIndex(range(many), bits)
    print(f"index of {many} hashes built in {time.perf_counter() - began:.2f} s")
    asked = [rng.bytes(32).hex() for _ in range(400)]
    print(f"one hash: {_median(lambda one: index.find([one], pdq.FARTHEST), asked):.0f} µs in the median")
    eight = _median(lambda one: index.find([one] * 8, pdq.FARTHEST), asked)
    print(f"with its seven turns: {eight:.0f} µs in the median")
    words = pdq.words(bits)
    every = _median(lambda one: np.bitwise_count(words ^ pdq.words([one])).sum(axis=1).min(), asked[:40])
    print(f"comparing one with all, for comparison: {every:.0f} µs")
    grey = rng.integers(0, 256, (512, 512), dtype=np.uint8)
    print(f"hashing 512 by 512 pixels: {_median(lambda _one: pdq.compute_turned(grey), asked[:60]):.0f} µs")


def _median(work: Callable[[str], object], asked: list[str]) -> float:
    took = []
    for one in asked:
        began = time.perf_counter()
        work(one)
        took.append((time.perf_counter() - began) * 1e6)
    return statistics.median(took)


if __name__ == "__main__":
    main()
