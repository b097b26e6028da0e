"""What people take for one character: flags, families, letters with their marks. By the standard library's categories;
the rules are those of Unicode's annex 29 as far as marks, joiners, skin tones, tags, flags and Hangul go."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch, widened so that it begins and ends between characters as people see them."""
    while 0 < start < len(text) and _continues(text, start):
        start -= 1
    while 0 < end < len(text) and _continues(text, end):
        end += 1
    return start, end


def _continues(text: str, at: int) -> bool:
    """Whether what stands here belongs to what stands before it."""
    before, here = text[at - 1], text[at]
    if before + here == "\r\n":
        return True
    if _is_flag(before) and _is_flag(here):
        return _flags_before(text, at) % 2 == 1
    if before == _JOINER and unicodedata.category(here) == "So":
        return True
    return before not in "\r\n" and (_extends(here) or (_is_jamo(here) and _is_hangul(before)))


def _extends(char: str) -> bool:
    """Marks, variation selectors, the joiner, skin tones and tags."""
    is_tone, is_tag = "\U0001f3fb" <= char <= "\U0001f3ff", "\U000e0020" <= char <= "\U000e007f"
    return char == _JOINER or is_tone or is_tag or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _is_flag(char: str) -> bool:
    """Half of one."""
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _flags_before(text: str, at: int) -> int:
    first = at
    while first > 0 and _is_flag(text[first - 1]):
        first -= 1
    return at - first


def _is_jamo(char: str) -> bool:
    """A vowel or an end of a syllable."""
    return "\u1160" <= char <= "\u11ff"


def _is_hangul(char: str) -> bool:
    return "\u1100" <= char <= "\u11ff" or "\uac00" <= char <= "\ud7a3"
