"""A text's sentences, so that what is in a language that a model reads isn't passed over for what stands around it."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from models.windows import Window

MOST: Final = 60
"""Passages of a text that are looked at; a sentence more would be of a text that is read in windows anyway."""
WORDS: Final = 8
"""Words of a passage where a sentence has more than half as many again: whoever hides one puts no full stop."""
_SENTENCE: Final = re.compile(r"[^.!?…。！？\n]+[.!?…。！？\n]*")
_WORD: Final = re.compile(r"\S+\s*")


def passages(text: str) -> list[Window]:
    """Its sentences in their order, long ones in parts; of a text that is one short sentence, that one."""
    return list(islice(_passages(text), MOST))


def joined(text: str, chosen: Sequence[Window]) -> list[Window]:
    """Passages in their order, those that follow each other as one."""
    found: list[Window] = []
    for each in chosen:
        if found and found[-1].start + len(found[-1].text) == each.start:
            start = found.pop().start
            found.append(Window(start, text[start : each.start + len(each.text)]))
        else:
            found.append(each)
    return found


def _passages(text: str) -> Iterator[Window]:
    for sentence in _SENTENCE.finditer(text):
        words = list(_WORD.finditer(sentence[0]))
        size = WORDS if len(words) > WORDS * 1.5 else len(words)
        for first in range(0, len(words), size or 1):
            part = words[first : first + size]
            start, end = sentence.start() + (part[0].start() if first else 0), sentence.start() + part[-1].end()
            yield Window(start, text[start:end])
