"""Names that would pass for the house or for those who moderate it. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Final

_OFFICES: Final = re.compile(
    r"(admin(istrat(or|eur|rice|ion))?|moderat(or|ors|eur|eurs|rice|ion|ing|ionteam)|mod|mods|modteam|staff|support"
    r"|sysop|webmaster|postmaster|hostmaster|securityteam|trustandsafety|assistance|equipe)s?"
)
_LOOKALIKES: Final = str.maketrans(
    {
        **dict(zip("аеорсхуіѕјкмтнвԁ", "aeopcxyisjkmthbd", strict=True)),
        **dict(zip("αεοριτκνυχ", "aeopitkvux", strict=True)),
        **dict(zip("0134@$!|", "oleaasil", strict=True)),
    }
)
"""Letters of other scripts, figures and signs that are read as Latin letters."""

_TELLING: Final = 8
"""From how many letters on what a house is called is no word that anybody might have in their name."""


def imitates(name: str, ours: Collection[str]) -> bool:
    """Whether a shown name has an office of a house among its words, or is what the house is called (`ours`)."""
    words = _words(name)
    if any(_OFFICES.fullmatch(word) for word in words):
        return True
    whole = "".join(words)
    called = [said for each in ours if (said := "".join(_words(each)))]
    return any(said == whole or (len(said) >= _TELLING and said in whole) for said in called)


def _words(name: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", name).casefold().translate(_LOOKALIKES)
    return re.findall(
        r"[a-z]+", "".join(each for each in bare if not unicodedata.combining(each) and each.isprintable())
    )
