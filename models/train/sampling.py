"""A part of the training text, always the same: what the second stage is trained and measured on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from models.train.corpus import ATTACKED, OWN, Row

MOST: Final = 3000
"""Rows of a source: an encoder learns little from more of the same, and each costs milliseconds."""
_MORE: Final[Mapping[str, int]] = {"cad": 7000, OWN: 9000}
"""Everyday traffic, on which lines are drawn, and our own sentences."""


def sample(rows: Sequence[Row]) -> list[Row]:
    """At most so many rows of each source, chosen by what they are; no disguised copies, which normalising undoes."""
    kept: list[Row] = []
    counts: Counter[str] = Counter()
    for row in sorted(rows, key=lambda each: (each.source, each.group, each.text)):
        if row.kind != ATTACKED and counts[row.source] < _MORE.get(row.source, MOST):
            counts[row.source] += 1
            kept.append(row)
    return kept
