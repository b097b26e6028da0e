"""URL rules that learn to build addresses when the first is asked of them.

Werkzeug compiles two functions for each rule as it's added, a tree of syntax made and compiled for each: four fifths of
the time in which the application is made. Most rules are never asked for an address: other programs know the API's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.routing import IntegerConverter, Map, Rule

from app.paging import LARGEST

_Builder = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A Rule in all that it matches and builds."""

    def _compile_builder(self, append_unknown: bool = True) -> _Builder:
        compile_now = super()._compile_builder
        made: _Builder | None = None

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            nonlocal made
            if made is None:
                made = compile_now(append_unknown)
            return made(rule, **values)

        return build


class RowNumber(IntegerConverter):
    """`<int:…>` of an address: a number that a row can have. With a larger one there is no such page."""

    regex = r"\d{1,19}"

    def __init__(self, url_map: Map, fixed_digits: int = 0, min: int | None = None, max: int = LARGEST) -> None:
        super().__init__(url_map, fixed_digits, min, max)
