"""What is counted of a post, and into which bins it falls. Pure.

The door writes down with a public post's scores what its text was like, in five small values (`traits`); this module
reads both. Bins of scores are narrow where harmless posts lie, since most do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from models.labels import LABELS
from moderation.values import Finding, Outcome, Submission

TRAITS: Final = "x"
"""Under this name they stand among a verdict's facts."""
SCORE: Final = "score:"
LENGTH, LINKS, LANGUAGE, DISGUISED, ABSTAINED, OUTCOME = (
    "length",
    "links",
    "language",
    "disguised",
    "abstained",
    "outcome",
)
NAMES: Final = (*(SCORE + label for label in LABELS), LENGTH, LINKS, LANGUAGE, DISGUISED, ABSTAINED, OUTCOME)
OF_THE_MODEL: Final = frozenset((*(SCORE + label for label in LABELS), DISGUISED, ABSTAINED))
"""What another version of the model changes by itself; the rest is as people write."""
SCORES: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 0.9)
LENGTHS: Final = (20, 50, 100, 200, 300, 500, 1000)
MOST_LINKS: Final = 3
UNSAID: Final = "?"
NO, YES = "0", "1"
"""Yes-or-no bins."""


def traits(submission: Submission, findings: Sequence[Finding]) -> list[Any]:
    """What a public post's text was like: characters, links, the language that its author claims, whether the text
    model abstained, whether it was disguised.
    """
    read = [each for each in findings if each.check == "text"]
    return [
        len(submission.text),
        len(submission.links),
        (submission.language or UNSAID).split("-")[0].lower()[:8],
        int(any(each.why == "text_model_abstained" for each in read)),
        int(any(each.details.get("disguised") for each in read)),
    ]


def bins(facts: Mapping[str, Any], outcome: Outcome) -> Iterator[tuple[str, str]]:
    """The bins of one post: what is counted, and which bin it falls into. Nothing of a post without traits."""
    if TRAITS not in facts:
        return
    length, links, language, abstained, disguised = facts[TRAITS]
    for label, score in facts.get("s", {}).items():
        if label in LABELS:
            yield SCORE + label, str(bisect_right(SCORES, score))
    yield LENGTH, str(bisect_right(LENGTHS, length))
    yield LINKS, str(min(links, MOST_LINKS))
    yield LANGUAGE, language
    yield DISGUISED, YES if disguised else NO
    yield ABSTAINED, YES if abstained else NO
    yield OUTCOME, outcome.value


def order(name: str, counts: Mapping[str, int]) -> list[str]:
    """The bins in the order in which neighbours may be joined: by size of the number, else the most frequent first."""
    if name in (LANGUAGE, OUTCOME):
        return sorted(counts, key=lambda each: (-counts[each], each))
    return sorted(counts, key=int)


def edges(name: str, bin_: str) -> tuple[float, float | None] | None:
    """From where a bin of numbers reaches, and up to where (None: without end); None for a bin that is a word."""
    steps: Sequence[float] | None = SCORES if name.startswith(SCORE) else {LENGTH: LENGTHS}.get(name)
    if steps is None:
        return None
    place = int(bin_)
    below = steps[place - 1] if place else 0.0
    return below, steps[place] if place < len(steps) else (1.0 if name.startswith(SCORE) else None)


def told(name: str) -> frozenset[str] | None:
    """The bins whose share tells most at one look, as a curve; None where that is all but the most frequent one."""
    if name.startswith(SCORE):
        return frozenset(map(str, range(bisect_right(SCORES, 0.5), len(SCORES) + 1)))
    return {
        LENGTH: frozenset(map(str, range(bisect_right(LENGTHS, 300), len(LENGTHS) + 1))),
        LINKS: frozenset(map(str, range(1, MOST_LINKS + 1))),
        DISGUISED: frozenset((YES,)),
        ABSTAINED: frozenset((YES,)),
        OUTCOME: frozenset(each.value for each in Outcome if each is not Outcome.APPROVE),
    }.get(name)
