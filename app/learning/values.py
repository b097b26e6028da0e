"""What a training is given, and what comes of it, whichever model learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from models.local.gate import Judged
from moderation.learning.values import Example

LAST: Final = 0.2
"""Which part of the examples, the latest, is measured on and not learnt from."""
MOST: Final = 20_000
"""So many examples are learnt from, the latest."""

Tell = Callable[[str, float], None]
"""Says which stage it is at, and how far of it."""


@dataclass(frozen=True)
class Split:
    """What is learnt from, and what is measured on: later decisions, and the samples that are held out for that."""

    learnt: tuple[Example, ...]
    measured: tuple[Example, ...]


@dataclass(frozen=True)
class Given:
    """What a training starts from: where versions lie, the one in use (None for what is shipped), and examples."""

    root: Path
    version: str | None
    digest: str | None
    parts: Split
    tell: Tell
    lessons: Sequence[Example] = ()
    """What was taught, of which the text model alone learns."""
    drawn: Mapping[str, float] = field(default_factory=dict)
    """By address of a sample, what part of its days' posts was really drawn."""


@dataclass(frozen=True)
class Worth:
    """As how many equally likely posts those tell that were learnt from, and measured on; and how many of either were
    drawn at random and stand for others, without which nothing is corrected."""

    learnt: float
    measured: float
    drawn: int


@dataclass(frozen=True)
class Made:
    """A version that was written, and what the gate says of it. `sides`: by label, examples for it and against it."""

    version: str
    digest: str
    base: str | None
    against: str | None
    judged: Judged
    learnt: int
    measured: int
    sides: Mapping[str, tuple[int, int]]
    skipped: Sequence[str] = ()
    taught: int = 0
    gain: Mapping[str, Any] = field(default_factory=dict)
    """By label, what was gained by what was taught."""
    worth: Worth | None = None
    languages: Mapping[str, Any] = field(default_factory=dict)
    """Languages that were learnt apart: of which labels, and whether the shipped version judges them."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Labels that stay as they were, since with what was learnt of them it was worse: where."""


def split(found: Sequence[Example]) -> Split:
    """By time: what came last is measured on, so that a candidate is judged on what it would have met."""
    open_ones = [each for each in found if not each.held_out][-MOST:]
    first = int(len(open_ones) * (1 - LAST))
    held = [each for each in found if each.held_out]
    return Split(tuple(open_ones[:first]), (*open_ones[first:], *held))
