"""How long people's rules take for a post: patterns of links among many, and rules for the door in CEL.

python -m bench.rules [HOW_MANY]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from moderation.instance_rules import language
from moderation.instance_rules.language import NAMES
from moderation.patterns.matching import Pattern, Patterns
from moderation.patterns.tables import PatternKind, PatternSeverity

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES = (
    "author.age_days < 3 && post.hosts.exists(host, host.endsWith('.shop.example'))",
    "scores['spam'] > 0.6 && post.strangers > 3 && !author.proven",
    "post.language == 'en' && post.text.matches('(?i)free +airdrop')",
)
TEXT = "The baker gave away the last of the winter apples during the rain, and nobody asked why. " * 5


def main() -> None:
    """Print it."""
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    links = ["https://www.harbour.example/maps", "https://a.b.c.example/long/way"]
    for count in (10, many):
        found = Patterns(
            Pattern(n, PatternKind.LINK, f"shop{n}.example", PatternSeverity.HOLD, "spam") for n in range(count)
        )
        print(f"two links among {count} patterns: {_median(partial(found.links, links, NOW)):.1f} µs")
    tags = Patterns(Pattern(n, PatternKind.HASHTAG, f"raid{n}*x", PatternSeverity.HOLD, "spam") for n in range(500))
    print(
        f"three hashtags among 500 patterns with a star: {_median(lambda: tags.hashtags(['a', 'b', 'c'], NOW)):.1f} µs"
    )
    kinds = {"text": "", "texts": ["a"] * 3, "number": 1, "yes": False, "scores": language.no_scores()}
    values = {each.name: kinds[each.kind] for each in NAMES} | {"post.text": TEXT, "post.language": "en"}
    print(f"what rules see of a post, handed over: {_median(lambda: language.activation(values)):.1f} µs")
    given = language.activation(values)
    for rule in RULES:
        program = language.compile_(rule)
        print(f"{rule}: {_median(partial(program.matches, given)):.1f} µs")


def _median(work: Callable[[], object]) -> float:
    took = []
    for _ in range(2000):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1e6)
    return statistics.median(took)


if __name__ == "__main__":
    main()
