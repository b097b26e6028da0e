"""What is different between two versions of a document, line by line, for people who read. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

ALIKE: Final = 0.5
"""From which part of its words on a line counts as worded anew, and not as gone with another in its place."""
_Section = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A line that is different. One that is new has no `before`, one that is gone no `after`."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A section with what is different in it."""

    title: str
    changes: tuple[Change, ...]


def between(before: Sequence[_Section], after: Sequence[_Section]) -> list[Changed]:
    """Sections that differ, in the order of the later version, those that are gone at the end."""
    old = {each["title"]: _lines(each) for each in before}
    new = {each["title"]: _lines(each) for each in after}
    titles = [*new, *(title for title in old if title not in new)]
    found = [Changed(title, tuple(_changes(old.get(title, []), new.get(title, [])))) for title in titles]
    return [each for each in found if each.changes]


def _lines(section: _Section) -> list[str]:
    """Paragraphs, and what lists hold, one after another."""
    return [line for part in section["parts"] for line in ([part] if isinstance(part, str) else part)]


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for operation, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation != "equal":
            yield from _paired(list(old[i1:i2]), list(new[j1:j2]))


def _paired(gone: list[str], come: Sequence[str]) -> Iterator[Change]:
    """Each new line with the one that it was worded anew from, where there is one; the old ones left over are gone."""
    for line in come:
        likeness = [(difflib.SequenceMatcher(None, each.split(), line.split()).ratio(), each) for each in gone]
        best = max(likeness, default=(0.0, ""), key=lambda pair: pair[0])
        if best[0] >= ALIKE:
            gone.remove(best[1])
            yield Change(best[1], line)
        else:
            yield Change("", line)
    yield from (Change(line, "") for line in gone)
