"""The undertaking of confidentiality: its text by version, in English and French.

A signed version is never edited: what changes gets the next number.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.errors import ForbiddenError
from app.locales import LOCALES
from moderation.workforce import undertakings
from moderation.workforce.undertakings import Text

VERSION: Final = 1
OWED: Final = "undertaking_owed"
_PART: Final = re.compile(r"\*\*(?P<title>[^*]+)\*\* (?P<words>.+)")
_FOLDER = Path(__file__).parent / "undertakings"


def text(language: str) -> Text:
    """The version in force, in a language of the house."""
    return _read(VERSION, language if language in LOCALES else "en")


def is_owed(session: Session, name: str) -> bool:
    """Whether somebody signed an earlier version, and not yet the one in force."""
    last = undertakings.last(session, name)
    return last is not None and last.version < VERSION


def require_signed(session: Session, name: str) -> None:
    """Raises ForbiddenError for who is to sign the version in force before anything more is given to them."""
    if is_owed(session, name):
        raise ForbiddenError(_("The undertaking of confidentiality has changed: sign it first"), code=OWED)


def parts(text: Text) -> list[tuple[str, str]]:
    """Its paragraphs, each with its title; empty where it has none."""
    found = [(_PART.fullmatch(each), each) for each in text.words.strip().split("\n\n")]
    return [(match["title"], match["words"]) if match else ("", each) for match, each in found]


@cache
def _read(version: int, language: str) -> Text:
    return Text(version, language, (_FOLDER / f"{version}.{language}.md").read_text(encoding="utf-8"))
