"""Texts of which a model of words makes nothing: no letters at all, or control characters in great number.

A few emoji or a number are an answer as people give them. A long text of nothing else, or one that is full of what
nobody can type, may say something to people all the same (drawn letters, private fonts), and no machine knows what.
"""

import re
from itertools import islice
from typing import Final

LEAST_LETTERS: Final = 3
MANY_SIGNS: Final = 200
"""From so many signs on, spaces, links, mentions and `#` aside, a text without letters is more than an answer."""
MANY_CONTROLS: Final = 20
_SHARE_OF_CONTROLS: Final = 0.2
_CONTROL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\ufff0-\uffff\U000f0000-\U0010ffff]"
)
"""Control characters, halves of characters, private use, and what is no character; not tabs and ends of lines."""
_ELSEWHERE: Final = re.compile(r"https?://\S+|@[\w.@-]+|#|\s+")


def has_letters(text: str) -> bool:
    """Whether there are enough of them for a word, wherever they stand."""
    return next(islice(filter(str.isalpha, text), LEAST_LETTERS - 1, None), None) is not None


def is_illegible(text: str, *, letters: bool) -> bool:
    """Whether it is much text, and not text that can be read; `letters` is whether a model found any in it."""
    if not letters and len(_ELSEWHERE.sub("", text)) >= MANY_SIGNS:
        return True
    if text.isascii() and text.isprintable():
        return False
    controls = len(_CONTROL.findall(text))
    return controls >= MANY_CONTROLS and controls >= _SHARE_OF_CONTROLS * len(text)
