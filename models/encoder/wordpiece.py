"""BERT's uncased WordPiece tokeniser: text in, numbers of word pieces out, a bounded number of them.

It does what `BertTokenizer` of the paper's code does (Devlin et al. 2019): clean, lower-case, strip accents, words and
marks apart, longest known piece first. Of a text with more pieces than fit the head, the middle and the end are read.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from models.errors import ArtefactError

LONGEST: Final = 128
"""Pieces of a text, with the two marks around them: as many as the encoder was trained on."""
HEAD, MIDDLE, TAIL = 64, 20, 42
_MOST_CHARACTERS: Final = 6000
"""What is cut to pieces at all; texts of the first stage are no longer."""
_LONGEST_WORD: Final = 100
_CJK: Final = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_KEPT: Final = "\t\n\r"


class WordPieces:
    """A tokeniser with its vocabulary: one piece a line, its number is its line's."""

    def __init__(self, pieces: Sequence[str]) -> None:
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        try:
            self.unknown, self.start, self.end = (self._numbers[name] for name in ("[UNK]", "[CLS]", "[SEP]"))
        except KeyError as error:
            raise ArtefactError(f"the vocabulary has no {error}") from error

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, text: str) -> list[int]:
        """The pieces' numbers with the marks around them, at most `LONGEST`."""
        found = [number for word in _words(text[:_MOST_CHARACTERS]) for number in self._pieces(word)]
        if len(found) > LONGEST - 2:
            middle = (len(found) - MIDDLE) // 2
            found = found[:HEAD] + found[middle : middle + MIDDLE] + found[-TAIL:]
        return [self.start, *found, self.end]

    def _pieces(self, word: str) -> list[int]:
        if len(word) > _LONGEST_WORD:
            return [self.unknown]
        found: list[int] = []
        at = 0
        while at < len(word):
            number, at = self._longest(word, at)
            if number is None:
                return [self.unknown]
            found.append(number)
        return found

    def _longest(self, word: str, at: int) -> tuple[int | None, int]:
        mark = "##" if at else ""
        for end in range(len(word), at, -1):
            number = self._numbers.get(mark + word[at:end])
            if number is not None:
                return number, end
        return None, at


def _words(text: str) -> Iterator[str]:
    clean = "".join(map(_cleaned, text)) if not text.isascii() or not text.isprintable() else text
    stripped = clean.lower() if clean.isascii() else _unaccented(clean).lower()
    for word in stripped.split():
        yield from _parts(word)


def _unaccented(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def _parts(word: str) -> Iterator[str]:
    """A word without its marks, each of which is a word of its own."""
    start = 0
    for at, char in enumerate(word):
        if _is_mark(char):
            if start < at:
                yield word[start:at]
            yield char
            start = at + 1
    if start < len(word):
        yield word[start:]


@lru_cache(maxsize=4096)
def _cleaned(char: str) -> str:
    code = ord(char)
    if code in (0, 0xFFFD):
        return ""
    if char in _KEPT or unicodedata.category(char) == "Zs" or char in "\u2028\u2029":
        return " "
    if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs"):
        return ""
    return f" {char} " if any(low <= code <= high for low, high in _CJK) else char


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    if char.isascii():
        return not char.isalnum() and char.isprintable() and char != " "
    return unicodedata.category(char).startswith("P")
