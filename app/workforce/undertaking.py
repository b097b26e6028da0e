"""The undertaking of confidentiality: its text by version, in English and French.

A signed version is never edited: what changes gets the next number.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from app.locales import LOCALES
from moderation.workforce.undertakings import Text

VERSION: Final = 1
_PART: Final = re.compile(r"\*\*(?P<title>[^*]+)\*\* (?P<words>.+)")
_FOLDER = Path(__file__).parent / "undertakings"


def text(language: str) -> Text:
    """The version in force, in a language of the house."""
    return _read(VERSION, language if language in LOCALES else "en")


def parts(text: Text) -> list[tuple[str, str]]:
    """Its paragraphs, each with its title; empty where it has none."""
    found = [(_PART.fullmatch(each), each) for each in text.words.strip().split("\n\n")]
    return [(match["title"], match["words"]) if match else ("", each) for match, each in found]


@cache
def _read(version: int, language: str) -> Text:
    return Text(version, language, (_FOLDER / f"{version}.{language}.md").read_text(encoding="utf-8"))
