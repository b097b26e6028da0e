"""Which of a member's filters a text matches. Plain words, looked for without regard to case; nothing a member types is
a pattern, so that none can take long.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from app.filters.values import Filter, Keyword, Match


def matches(filters: Sequence[Filter], text: str, pk: int) -> tuple[Match, ...]:
    """What of these the text matches, or holds this very post."""
    folded = fold(text) if any(one.keywords for one in filters) else ""
    found = []
    for one in filters:
        words = tuple(word.keyword for word in one.keywords if _pattern(word).search(folded))
        post = next((post for post in one.posts if post.pk == pk), None)
        if words or post is not None:
            found.append(Match(one, words, None if post is None else post.status_id))
    return tuple(found)


def fold(text: str) -> str:
    """Text as it is compared: composed, without case."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def _pattern(word: Keyword) -> re.Pattern[str]:
    """Where the keyword ends in a letter or figure, no other may follow it; where in a sign, anything may."""
    folded = fold(word.keyword)
    if not word.whole_word:
        return re.compile(re.escape(folded))
    before = r"(?<!\w)" if _is_word(folded[:1]) else ""
    after = r"(?!\w)" if _is_word(folded[-1:]) else ""
    return re.compile(before + re.escape(folded) + after)


def _is_word(char: str) -> bool:
    return bool(re.match(r"\w", char))
