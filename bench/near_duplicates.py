"""What the index of near-duplicates in memory holds and how fast it answers, beside the rows themselves.

`python -m bench.near_duplicates -n 1000000`: so many fingerprints in an SQLite file, then the same questions to both.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from moderation.base import ModerationBase
from moderation.duplicates import index
from moderation.duplicates.memory import RecentPosts
from moderation.duplicates.simhash import Fingerprint
from moderation.duplicates.tables import FingerprintRow

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOURS = 24.0


def fill(session: Session, count: int, rng: random.Random) -> list[Fingerprint]:
    """So many rows of the last day; some of them are copies of each other."""
    prints: list[Fingerprint] = []
    rows: list[dict[str, Any]] = []
    for number in range(count):
        value = rng.getrandbits(64)
        if prints and rng.random() < 0.02:
            value = rng.choice(prints[-2000:]).simhash ^ (1 << rng.randrange(64)) ^ (1 << rng.randrange(64))
        each = Fingerprint(value, 100)
        prints.append(each)
        bands = {f"band{place}": band for place, band in enumerate(each.bands)}
        at = NOW - timedelta(seconds=HOURS * 3600 * (1 - number / count))
        rows.append(
            {
                "uri": f"https://far.example/statuses/{number}",
                "author_uri": f"https://far.example/users/{number % 40_000}",
                "simhash": each.signed,
                "private": False,
                "made_at": at,
                **bands,
            }
        )
        if len(rows) == 20_000 or number == count - 1:
            session.execute(insert(FingerprintRow), rows)
            rows.clear()
    session.commit()
    return prints


def milliseconds(ask: Callable[[Fingerprint], object], asked: list[Fingerprint]) -> str:
    """Median and 99th percentile of one question."""
    took = []
    for each in asked:
        began = time.perf_counter()
        ask(each)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    return f"p50 {took[len(took) // 2]:.3f} ms, p99 {took[int(len(took) * 0.99)]:.3f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-n", type=int, default=1_000_000)
    count = parser.parse_args().n
    rng = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        table = ModerationBase.metadata.tables[FingerprintRow.__tablename__]
        table.create(engine)
        with Session(engine) as session:
            prints = fill(session, count, rng)
            asked = rng.sample(prints, min(1000, count))
            since = NOW - timedelta(hours=HOURS)
            front = RecentPosts()
            began = time.perf_counter()
            while not front.catch_up(session, since):
                pass
            took = time.perf_counter() - began
            print(f"{len(front):,} posts, {front.size / 1e6:.1f} MB of arrays, taken in within {took:.1f} s")
            print("in memory, numbers alone:", milliseconds(lambda each: front.near(each.simhash), asked))
            print(
                "in memory, with what is read from the rows:",
                milliseconds(lambda each: front.candidates(session, [each.simhash], since), asked),
            )
            print(
                "the rows alone:", milliseconds(lambda each: index.neighbours(session, [each], NOW, HOURS), asked[:300])
            )
        engine.dispose()


if __name__ == "__main__":
    main()
