"""Words one slip away from a known one: a letter left out, two swapped, one doubled, one starred out, or all reversed.

People write so to get past filters, and by mistake; either way the known word is what is read. Only a word that isn't
known is looked at, and among those that it may be the commonest is taken, so that a slip in a harmless word gives a
harmless word.
"""

import re
from functools import lru_cache
from typing import Final

from models import lexicon
from models.mapped import Mapped
from models.vocabulary import Vocabulary, vocabulary

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_WORD: Final = re.compile(r"(?<![^\W\d_])(?<!')[a-z]{3,16}(?![^\W\d_]|')")
_LEAST: Final = 4
"""Letters of a word that a slip is looked for in; shorter ones are one slip away from too many."""
_COMMON: Final = 6000
"""A slip gives one of so many commonest words, or one that the lexicon knows."""
_MOST: Final = 150
"""Unknown words of a text that are looked at, to bound the time."""
_LEAST_REVERSED: Final = 3
_COMMONEST: Final = """
    that this with they have like just your what from when will them more some know only even then want time good than
    make been here were over need into much back well take said also does same down come very ever give keep must such
    made many hate love kill dans avec pour vous nous mais tout tous plus sont leur ceux vais faut fait elle cela"""
_SHORT: Final = frozenset(_COMMONEST.split())
"""From format 5 on, three letters that are no word are read as one of these: words that texts hang on, not names."""
_KEPT: Final = 8192


@lru_cache(maxsize=1)
def _worth() -> frozenset[str]:
    """What a slip may give."""
    words = vocabulary()
    listed = {word for word in (*lexicon.kinds(), *words.swears) if word.isascii() and word.isalpha()}
    common = {word for word, rank in words.ranks.items() if rank < _COMMON}
    return frozenset(word for word in common | listed if len(word) >= _LEAST)


def repair(mapped: Mapped, form: int) -> bool:
    """Put known words in place of slips; returns whether the whole text was reversed, which is a disguise.

    Up to format 4 a word of three letters was one that people star out, or left as it was.
    """
    words = vocabulary()
    unknown = [word for word in _WORD.findall(mapped.text) if word not in words.ranks]
    if not unknown:
        return False
    turned = _is_reversed(unknown, mapped, words)
    if turned:
        mapped.reverse()
        unknown = [word for word in _WORD.findall(mapped.text) if word not in words.ranks]
    found = {word: new for word in unknown[:_MOST] if (new := slip(word, short=form > 4)) is not None}
    if found:
        mapped.sub(_WORD, lambda match: found.get(match.group()))
    return turned


def _is_reversed(unknown: list[str], mapped: Mapped, words: Vocabulary) -> bool:
    """Whether the text reads from its end: few words are known, and most of the others are when turned round."""
    turned = sum(len(word) >= _LEAST and word[::-1] in words.ranks for word in unknown)
    return turned >= _LEAST_REVERSED and 2 * turned > len(unknown) and 2 * len(unknown) > mapped.text.count(" ")


@lru_cache(maxsize=_KEPT)
def slip(word: str, *, short: bool = True) -> str | None:
    """The known word that this unknown one stands for; None if there is none."""
    for candidates in (_undoubled(word), _swapped(word), _completed(word, short=short), (word[::-1],)):
        best = _commonest(candidates)
        if best is not None:
            return best
    return None


@lru_cache(maxsize=_KEPT)
def starred(pattern: str, blanks: str) -> str | None:
    """The word that fits a pattern with one blank: one that people star out, else the commonest."""
    words = vocabulary()
    swear = words.unstar(pattern, blanks)
    places = [place for place, char in enumerate(pattern) if char in blanks]
    if swear is not None or len(places) != 1 or len(pattern) < _LEAST:
        return swear
    (at,) = places
    return _commonest(tuple(pattern[:at] + letter + pattern[at + 1 :] for letter in _LETTERS))


def _commonest(candidates: tuple[str, ...]) -> str | None:
    ranks, worth = vocabulary().ranks, _worth()
    known = [word for word in candidates if word in worth]
    return min(known, key=lambda word: (ranks.get(word, len(ranks)), word)) if known else None


def _undoubled(word: str) -> tuple[str, ...]:
    return tuple(word[:i] + word[i + 1 :] for i in range(1, len(word)) if word[i] == word[i - 1])


def _swapped(word: str) -> tuple[str, ...]:
    return tuple(word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(1, len(word) - 1))


def _completed(word: str, *, short: bool) -> tuple[str, ...]:
    """With one letter more; three letters are one short of too many words, unless it is one of a few."""
    found = (word[:i] + letter + word[i:] for i in range(1, len(word) + 1) for letter in _LETTERS)
    if len(word) >= _LEAST:
        return tuple(found)
    swears = vocabulary().swears
    return tuple(longer for longer in found if longer in swears or (short and longer in _SHORT))
