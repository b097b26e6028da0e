"""What a label puts before a post: a fixed warning, words of a moderator's own, or nothing but a mark on its media.

All three are one value: a code (of a label, or one of those below), or `:` and the words. Codes have no colon.
"""

from __future__ import annotations

from typing import Final

from moderation.errors import RefusedError

SENSITIVE: Final = "sensitive"
"""No words: only its pictures, films and sounds are marked."""
GENERAL: Final = "general"
"""Of what was labelled without anybody saying as what."""
OWN: Final = "own"
"""The code under which a post's row keeps that the words beside it are a moderator's."""
LONGEST: Final = 200
"""Characters of one's own words."""
COLUMN: Final = LONGEST + 1
_MARK: Final = ":"


def own(words: str) -> str:
    """A warning in one's own words, on one line. Raises RefusedError for none, or too many."""
    said = " ".join(words.split())
    if not said:
        raise RefusedError("a warning needs words")
    if len(said) > LONGEST:
        raise RefusedError(f"a warning has at most {LONGEST} characters")
    return _MARK + said


def words_of(warning: str | None) -> str | None:
    """The moderator's own words; None for a code."""
    return warning[1:] if warning is not None and warning.startswith(_MARK) else None


def parts_of(warning: str | None) -> tuple[str | None, str | None]:
    """As a post's row keeps it: the code and the words."""
    words = words_of(warning)
    return (warning, None) if words is None else (OWN, words)


def whole(code: str | None, words: str | None) -> str | None:
    """The value of both."""
    return _MARK + words if words is not None else code


def label_of(warning: str | None) -> str | None:
    """The label that a warning names; None for what names none."""
    return None if warning in (SENSITIVE, GENERAL) or words_of(warning) is not None else warning
