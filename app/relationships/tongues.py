"""In which languages somebody's posts are wanted: kept with a follow as one text, `,en,fr,`; empty means all.

A post of no known language is wanted, and so is a boost; `pt` wants `pt-BR`, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, or_

LONGEST = 700
"""Characters of the text that is kept."""


def kept(codes: Sequence[str]) -> str:
    """Codes of languages as they are kept."""
    wanted = dict.fromkeys(code.lower() for code in codes)
    return f",{','.join(wanted)}," if wanted else ""


def read(text: str) -> tuple[str, ...]:
    """What is kept, as codes."""
    return tuple(code for code in text.split(",") if code)


def wants(text: str, language: str | None) -> bool:
    """Whether a post in this language is wanted."""
    if not text or not language:
        return True
    code = language.lower()
    return f",{code}," in text or (code[2:3] == "-" and f",{code[:2]}," in text)


def wanted(text: Any, language: Any) -> ColumnElement[bool]:
    """The same, over columns."""
    code, mark = func.lower(language), literal(",")
    region = and_(code.like("__-%"), text.contains(mark + func.substr(code, 1, 2) + mark))
    return or_(text == "", language.is_(None), language == "", text.contains(mark + code + mark), region)
