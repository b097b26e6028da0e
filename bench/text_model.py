#!/usr/bin/env python3
"""How fast the text model is: texts a second one by one and in batches, the time to load it, the memory it takes."""

import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

WORDS = [
    "tram",
    "soup",
    "kettle",
    "garden",
    "library",
    "sqlite",
    "fox",
    "lighthouse",
    "choir",
    "bicycle",
    "snow",
    "harbour",
    "bread",
    "orange",
    "clock",
    "the",
    "a",
    "of",
    "and",
    "in",
    "with",
    "my",
    "our",
    "found",
    "lost",
    "repaired",
    "painted",
    "forgot",
    "before",
    "after",
    "while",
    "quiet",
    "old",
    "blue",
    "seven",
    "neighbour",
    "ferry",
    "rain",
    "music",
]


def resident_kb() -> int:
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1])


def posts(count: int) -> list[str]:
    rng = random.Random(11)
    made = []
    for number in range(count):
        words = [rng.choice(WORDS) for _ in range(rng.randint(8, 45))]
        extras = ["@ana@garden.example", "https://pics.example/7", "#SlowTravel", "🌧️", "été"]
        if number % 3 == 0:
            words.insert(rng.randrange(len(words)), rng.choice(extras))
        made.append(" ".join(words).capitalize() + ".")
    return made


def main() -> None:
    import numpy  # noqa: F401  its memory is not the model's

    before = resident_kb()
    started = time.perf_counter()
    from models.textmodel import load_current

    model = load_current()
    loaded = time.perf_counter() - started
    texts = posts(4096)
    model.score(texts[:256])
    taken = (resident_kb() - before) / 1024
    print(f"version {model.version}, loaded in {1000 * loaded:.0f} ms, {taken:.1f} MB above numpy")
    singles = []
    for text in texts[:1000]:
        started = time.perf_counter()
        model.score([text])
        singles.append(time.perf_counter() - started)
    singles.sort()
    print(f"alone: p50 {1e3 * singles[500]:.2f} ms, p99 {1e3 * singles[990]:.2f} ms, {1000 / sum(singles):.0f} texts/s")
    for size in (16, 64, 256):
        started = time.perf_counter()
        for start in range(0, len(texts), size):
            model.score(texts[start : start + size])
        print(f"batches of {size}: {len(texts) / (time.perf_counter() - started):.0f} texts/s")
    started = time.perf_counter()
    model.explain(texts[0], "hate")
    print(f"one explanation: {1e3 * (time.perf_counter() - started):.2f} ms")


if __name__ == "__main__":
    main()
