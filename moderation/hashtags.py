"""Hashtags: what may be one, and how two are told to be the same. Pure.

Python's `\\w` lacks the marks without which Hindi, Thai or Tamil aren't written; UTS 18 (Annex C) counts them as parts
of words, and so does Mastodon, whose separators within a hashtag these are.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import quote

LONGEST: Final = 255
"""Characters of a hashtag as it is compared."""
SEPARATORS: Final = "\u00b7\u30fb\u200c"
"""Middle dots, and the joiner that Persian writes between parts of a word: within a hashtag, never at its ends."""
_SCRIPTS: Final = range(0x300, 0x1F000)
"""Where Unicode keeps the marks of scripts; what lies beyond chooses between forms of one sign."""
_OF_EMOJIS: Final = range(0xFE00, 0xFE10)


def _marks() -> str:
    """The marks that letters carry, as ranges for a class of characters."""
    runs: list[list[int]] = []
    for at in _SCRIPTS:
        if at in _OF_EMOJIS or unicodedata.category(chr(at)) not in ("Mn", "Mc"):
            continue
        if runs and runs[-1][1] == at - 1:
            runs[-1][1] = at
        else:
            runs.append([at, at])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in runs)


LETTERS: Final = rf"\w{_marks()}"
"""What words are made of, for within a class of characters: letters with their marks, digits, the underscore."""
NAME: Final = rf"(?=[{LETTERS}{SEPARATORS}]*[^\W\d_])[{LETTERS}](?:[{LETTERS}{SEPARATORS}]*[{LETTERS}])?"
"""A hashtag without its sign, as an expression: at least one letter, and no separator at its ends."""
_NAME: Final = re.compile(NAME)
_BEGINNING: Final = re.compile(rf"[{LETTERS}{SEPARATORS}]+")
_SIGNS: Final = "#\uff03"
_LETTERS_LIKE: Final = {
    "a": "àáâãäåāăą", "c": "çćĉċč", "d": "ðďđ", "e": "èéêëēĕėęě", "g": "ĝğġģ", "h": "ĥħ", "i": "ìíîïĩīĭįı", "j": "ĵ",
    "k": "ķĸ", "l": "ĺļľŀł", "n": "ñńņňŉŋ", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşšſ", "t": "ţťŧ", "u": "ùúûüũūŭůűų",
    "w": "ŵ", "y": "ýÿŷ", "z": "źżž",
}  # fmt: skip
"""What Mastodon's `ASCIIFolding` takes for a plain letter; other scripts keep their marks; ß, æ and œ stay."""
_FOLDED: Final = str.maketrans({like: plain for plain, several in _LETTERS_LIKE.items() for like in several})


def bare(text: str) -> str:
    """Without its sign."""
    return text[1:] if text[:1] in _SIGNS else text


def is_one(name: str) -> bool:
    """Whether a text without a sign is a hashtag."""
    return len(name) <= LONGEST and _NAME.fullmatch(name) is not None


def may_begin_one(text: str) -> bool:
    """Whether a hashtag could begin so."""
    return _BEGINNING.fullmatch(text) is not None


def lowered(name: str) -> str:
    """A hashtag in small letters, in the form NFKC: as rules that people wrote know it, accents and all."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", bare(name)).lower())[:LONGEST]


def key(name: str) -> str:
    """A hashtag as it is compared: two with the same key are one. Lower-cased, and Latin letters without accents."""
    return folded(lowered(name))


def folded(text: str) -> str:
    """Small letters with plain ones for those that `key` doesn't tell apart from them, also ł and ø."""
    return text.translate(_FOLDED)


def forms(name: str) -> tuple[str, ...]:
    """How rules that people wrote may name a hashtag: in small letters as it's written, and, where it isn't the same,
    as it is compared. Whoever adds an accent stands with those who don't, and passes no rule about them.
    """
    return tuple(dict.fromkeys((lowered(name), key(name))))


def path(name: str) -> str:
    """Where the page of a hashtag lies on a server, as a URL may carry it (RFC 3986)."""
    return f"/tags/{quote(key(name), safe='')}"
