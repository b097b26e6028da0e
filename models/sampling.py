"""Which texts teach a model most: those that it is least sure of, and no two alike. Numpy alone; knows no database.

Uncertainty sampling (D. D. Lewis, W. A. Gale, "A sequential algorithm for training text classifiers", SIGIR 1994): what
lies near the line that decides teaches more than what is plain. By itself it asks for the same thing ten times, so what
is like one that was chosen is passed over.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from models.logistic import log_odds

Floats = npt.NDArray[np.float64]

TOO_ALIKE: Final = 0.6


def distances(scores: Floats, line: float) -> Floats:
    """(n,): how far each score is from the line, in log-odds: 0.98 and 0.99 are as far apart as 0.5 and 0.67."""
    found: Floats = np.abs(log_odds(scores) - log_odds(np.array([line])))
    return found


def choose(uncertain: Floats, known: Floats, count: int, *, too_alike: float = TOO_ALIKE) -> list[int]:
    """Up to `count` rows, the least certain first, none too much like one before it.

    `uncertain`: (n,) distances from what decides, the smaller the better; `known`: (n, width) unit vectors of texts.
    """
    chosen: list[int] = []
    for row in np.argsort(uncertain, kind="stable").tolist():
        if len(chosen) == count:
            break
        if not chosen or float((known[chosen] @ known[row]).max()) < too_alike:
            chosen.append(row)
    return chosen


def authors_apart(rows: Sequence[int], authors: Sequence[str]) -> list[int]:
    """The first row of each author, in order: nobody's posts are put before others one after the other."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        if authors[row] not in seen:
            seen.add(authors[row])
            kept.append(row)
    return kept
