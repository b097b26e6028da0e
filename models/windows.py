"""How a text is read that is longer than a model reads at once: its cut first, then the rest in windows.

The highest score of all readings counts, label by label. What is longer than all of that together has windows at even
distances, so that head, middle and tail are looked at whatever the length; it is said of it that it was cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.normalise import HEAD, LONGEST, MIDDLE, TAIL

MOST: Final = 9
"""Windows besides the cut: with it a text of up to 53,000 characters is read whole."""
OVERLAP: Final = 300
"""Characters that a window shares with what is before it, so that nothing is hidden by where one ends."""


@dataclass(frozen=True)
class Window:
    """A part of a text that is read by itself; `start` is its first character's place in the text."""

    start: int
    text: str


def windows(text: str) -> list[Window]:
    """What the cut of a text leaves out, in parts that are read whole; none of a text that the cut is all of."""
    size = len(text)
    if size <= LONGEST:
        return []
    middle = (size - MIDDLE) // 2
    starts = [*_starts(HEAD, middle), *_starts(middle + MIDDLE, size - TAIL)]
    if len(starts) > MOST:
        starts = [HEAD + (size - TAIL - LONGEST - HEAD) * place // (MOST - 1) for place in range(MOST)]
    ends = [min(start + LONGEST, size) for start in starts]
    return [Window(start, text[start:end]) for start, end in zip(starts, ends, strict=True)]


def _starts(first: int, end: int) -> Sequence[int]:
    """Where windows begin that cover [first, end) and what lies just before it."""
    return range(max(first - OVERLAP, 0), max(end - OVERLAP, first), LONGEST - OVERLAP)


def is_cut(text: str) -> bool:
    """Whether even so some of a text isn't read."""
    size = len(text)
    middle = (size - MIDDLE) // 2
    return size > LONGEST and len(_starts(HEAD, middle)) + len(_starts(middle + MIDDLE, size - TAIL)) > MOST
