"""Which drift is noticed, and after how many posts: changes of a known size, put into houses of several sizes.

python -m bench.drift_power [--houses 200] [--seed 1]

Scores of harmless posts are normal on the scale of logits, those of harmful ones too, further up; a share of what
comes is harmful, as in `bench.month`, and days differ by an eighth of that share besides (one standard deviation). Four
weeks are as ever; in the fifth, harm is so many times as common, or so much of it has words that the model never saw
and scores like what is harmless. Each is compared as the nightly job does.
"""

from __future__ import annotations

import argparse
from collections import Counter
from typing import Final

import numpy as np

from moderation.drift import measures, windows

HARMFUL: Final = 0.006
MOODS: Final = 0.125
SIZES: Final = (300, 3000, 30_000)
CHANGES: Final = (
    ("nothing", 1.0, 0.0),
    ("half of harm has new words", 1.0, 0.5),
    ("three quarters", 1.0, 0.75),
    ("1.5 times as much harm", 1.5, 0.0),
    ("twice", 2.0, 0.0),
    ("four times", 4.0, 0.0),
)
NAME: Final = measures.SCORE + "spam"


def day(rng: np.random.Generator, posts: int, times: float, unseen: float) -> Counter[str]:
    """A day's scores in the bins of the nightly count."""
    share = HARMFUL * times * float(np.exp(MOODS * rng.standard_normal()))
    harmful = rng.binomial(posts, share)
    seen = rng.binomial(harmful, 1.0 - unseen)
    logits = np.concatenate([rng.normal(-5.5, 1.5, posts - seen), rng.normal(1.0, 1.5, seen)])
    places = np.searchsorted(measures.SCORES, 1.0 / (1.0 + np.exp(-logits)), side="right")
    return Counter({str(place): int(count) for place, count in enumerate(np.bincount(places, minlength=10))})


def noticed(rng: np.random.Generator, posts: int, times: float, unseen: float) -> tuple[bool, bool]:
    """By the whole distribution; by the share of high scores."""
    before = [day(rng, posts, 1.0, 0.0) for _ in range(windows.BEFORE_DAYS)]
    now: Counter[str] = Counter()
    for _ in range(windows.NOW_DAYS):
        now.update(day(rng, posts, times, unseen))
    order = [str(place) for place in range(len(measures.SCORES) + 1)]
    whole, high = windows.compare(NAME, before, now, order)
    return whole is not None and whole.drifted, high is not None and high.drifted


def main() -> None:
    """Print, for each change and size, in how many houses of a hundred it was noticed either way."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--houses", type=int, default=200)
    given = asked.parse_args()
    rng = np.random.default_rng(given.seed)
    print("posts a day: " + ", ".join(map(str, SIZES)) + " (whole distribution / high scores, of a hundred houses)")
    for words, times, unseen in CHANGES:
        cells = []
        for posts in SIZES:
            found = [noticed(rng, posts, times, unseen) for _ in range(given.houses)]
            whole, high = (100 * sum(each[place] for each in found) / given.houses for place in (0, 1))
            cells.append(f"{whole:.0f} / {high:.0f}")
        print(f"{words:28} " + "   ".join(f"{cell:>9}" for cell in cells))


if __name__ == "__main__":
    main()
