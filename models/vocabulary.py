"""The word list that tells a disguised word from a product code: a rewriting counts only if it gives a word."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from models.errors import ArtefactError

WORDS_FILE = Path(__file__).parent / "artefacts" / "words.txt"
_LONGEST_WORD = 20
_LONGEST_RUN = 200
"""Letters of one spaced-out run that are looked at; longer ones are left as they are, to bound the time."""


@dataclass(frozen=True)
class Vocabulary:
    """Known words with their rank by frequency, and those of them that people star out."""

    ranks: Mapping[str, int]
    swears: frozenset[str]
    swears_by_length: Mapping[int, tuple[str, ...]]

    def __contains__(self, word: str) -> bool:
        return word in self.ranks

    def segment(self, letters: str) -> list[str] | None:
        """Split run-together letters into known words, the commonest way; None if they spell none."""
        if not 3 <= len(letters) <= _LONGEST_RUN:
            return None
        best: list[tuple[float, int]] = [(0.0, 0)]
        for end in range(1, len(letters) + 1):
            options = (
                (best[start][0] + self._cost(letters[start:end]), start)
                for start in range(max(0, end - _LONGEST_WORD), end)
            )
            best.append(min(options))
        if math.isinf(best[-1][0]):
            return None
        words: list[str] = []
        end = len(letters)
        while end:
            start = best[end][1]
            words.append(letters[start:end])
            end = start
        return words[::-1] if any(len(word) >= 4 or word in self.swears for word in words) else None

    def _cost(self, word: str) -> float:
        rank = self.ranks.get(word)
        if rank is None or (len(word) == 1 and word not in "aiuy"):
            return math.inf
        return 4.0 + math.log(rank + 10.0)

    def unstar(self, pattern: str, blanks: str) -> str | None:
        """The starred-out word that fits `pattern`, each of whose `blanks` stands for one letter."""
        for word in self.swears_by_length.get(len(pattern), ()):
            if all(p in blanks or p == letter for p, letter in zip(pattern, word, strict=True)):
                return word
        return None


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The shipped word list: one word a line, commonest first; `!` marks what people star out."""
    try:
        lines = WORDS_FILE.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise ArtefactError(f"the word list can't be read: {WORDS_FILE.name}") from error
    ranks = {line.lstrip("!"): rank for rank, line in enumerate(lines)}
    swears = [line[1:] for line in lines if line.startswith("!")]
    by_length: dict[int, tuple[str, ...]] = {}
    for word in swears:
        by_length[len(word)] = (*by_length.get(len(word), ()), word)
    return Vocabulary(MappingProxyType(ranks), frozenset(swears), MappingProxyType(by_length))
