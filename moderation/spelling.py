"""Words as they are looked for: without accents, case and marks; signs of scripts without spaces one by one."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 20_000
"""What a text says beyond isn't looked for."""
_SPACELESS: Final = re.compile("([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff])")
_WORD: Final = re.compile(r"\w+")


def words(text: str) -> list[str]:
    """The words of a text, in their order: `Été à Köln` is `ete`, `a`, `koln`."""
    plain = unicodedata.normalize("NFKD", text[:MOST_CHARACTERS]).casefold()
    bare = "".join(char for char in plain if not unicodedata.combining(char) and char != "\0")
    return [word.replace("_", "") for word in _WORD.findall(_SPACELESS.sub(r" \1 ", bare)) if word.strip("_")]
