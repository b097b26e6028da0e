"""The countries in which a house can stand: ISO 3166-1's, by their names in the reader's language."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from babel import Locale

_NO_COUNTRIES: Final = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
"""Two letters that stand for a union, a part of a country, or nowhere."""


def known() -> frozenset[str]:
    """Their codes."""
    return frozenset(code for code, _name in listed("en"))


@cache
def listed(language: str) -> tuple[tuple[str, str], ...]:
    """Codes and names, by name as a reader of `language` looks for them: accents don't count."""
    names = Locale.parse(language).territories
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code.isalpha()]
    return tuple(sorted((each for each in found if each[0] not in _NO_COUNTRIES), key=lambda each: _plain(each[1])))


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in parts if not unicodedata.combining(each))
