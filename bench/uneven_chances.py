"""What a line with a guarantee is worth where held posts weren't all as likely to be decided: by simulation.

python -m bench.uneven_chances [--houses 300] [--seed 1]

Four weeks of a house with 2,000 posts a day of which a hundredth is harmful; its line holds one harmless post in a
hundred, and of what is let in forty are drawn a day. Of what is held, half is decided: all alike, or mostly the high
scores (as where graver cases come first and holds end), or mostly the low ones. The bound is that at most one harmless
post in two hundred is held. Said is in how many houses of a hundred the line that is proven breaks it (ten are
allowed), and which part of harmless posts it holds: with one chance for all that was held, and with one for each band
of scores.
"""

from __future__ import annotations

import argparse
from typing import Final

import numpy as np
from numpy.typing import NDArray

from moderation.planning import bands, drawing, risk
from moderation.planning.risk import Drawn, Error, Example

Floats = NDArray[np.float64]
POSTS: Final = 2000 * 28
HARMFUL: Final = 0.01
LINE: Final = 0.5
SAMPLES: Final = 40 * 28
BOUND: Final = 1 / 200
WAYS: Final = (("alike", 0.0), ("high scores first", 2.0), ("only high scores", 4.0), ("low scores first", -2.0))


def house(rng: np.random.Generator, tilt: float) -> tuple[Floats, NDArray[np.bool_], NDArray[np.bool_]]:
    """Scores, what is harmful, and what people looked at."""
    harmful = rng.random(POSTS) < HARMFUL
    logits = np.where(harmful, rng.normal(1.0, 1.5, POSTS), rng.normal(-3.5, 1.5, POSTS))
    scores = 1.0 / (1.0 + np.exp(-logits))
    held = scores >= LINE
    chance = np.zeros(POSTS)
    order = np.argsort(np.argsort(logits[held])) / max(1, held.sum() - 1)
    chance[held] = 1.0 / (1.0 + np.exp(-2.0 * tilt * (order - 0.5)))
    chance[~held] = SAMPLES / (~held).sum()
    return scores, harmful, rng.random(POSTS) < chance


def proven(scores: Floats, harmful: NDArray[np.bool_], seen: NDArray[np.bool_], *, banded: bool) -> float | None:
    """The line that is proven to hold at most so many harmless posts."""
    held, chances = scores >= LINE, np.zeros(len(scores))
    chances[~held] = seen[~held].mean()
    pairs = list(zip(scores[held].tolist(), seen[held].tolist(), strict=True))
    chances[held] = drawing.by_score(pairs) if banded else seen[held].mean()
    rows = np.flatnonzero(seen).tolist()
    drawn = [Drawn(Example(float(scores[row]), bool(harmful[row])), float(chances[row]), str(row)) for row in rows]
    found = risk.guaranteed(risk.uniform(drawn), Error.FALSE_HOLD, BOUND, bands.PLACES)
    return found.line if found is not None else None


def main() -> None:
    """Print, for each way, how often the bound is broken and what is held."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--houses", type=int, default=300)
    given = asked.parse_args()
    for words, tilt in WAYS:
        for banded in (False, True):
            rng = np.random.default_rng(given.seed)
            held = []
            for _ in range(given.houses):
                scores, harmful, seen = house(rng, tilt)
                line = proven(scores, harmful, seen, banded=banded)
                held.append(0.0 if line is None else float((scores[~harmful] >= line).mean()))
            broken = 100 * np.mean(np.array(held) > BOUND)
            how = "by score" if banded else "one chance"
            print(f"{words:18} {how:10} broken {broken:4.1f} of 100, held {np.mean(held):.4%}")


if __name__ == "__main__":
    main()
