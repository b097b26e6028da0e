"""The undertaking of confidentiality: its text by version, in English and French.

A signed version is never edited: what changes gets the next number.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import roles
from app.accounts.tables import ActorRow
from app.errors import ForbiddenError
from app.locales import LOCALES
from moderation.log.tables import LogRow
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
    """Whether somebody signed an earlier version and not yet the one in force; or was given a role by a colleague, and
    signed none. Those whom an invitation brought signed to come in; who runs the machine asks nobody to sign."""
    last = undertakings.last(session, name)
    return last.version < VERSION if last is not None else _was_given_a_role(session, name)


def require_signed(session: Session, name: str) -> None:
    """Raises ForbiddenError for who is to sign the version in force before anything more is given to them."""
    if is_owed(session, name):
        raise ForbiddenError(_("Sign the undertaking of confidentiality first"), code=OWED)


def _was_given_a_role(session: Session, name: str) -> bool:
    uri = select(ActorRow.uri).where(ActorRow.username == name, ActorRow.local).scalar_subquery()
    given = select(LogRow.seq).where(
        LogRow.object == uri, LogRow.verb == "role_given", LogRow.actor != roles.BY_COMMAND
    )
    return session.scalar(given.limit(1)) is not None


def parts(text: Text) -> list[tuple[str, str]]:
    """Its paragraphs, each with its title; empty where it has none."""
    found = [(_PART.fullmatch(each), each) for each in text.words.strip().split("\n\n")]
    return [(match["title"], match["words"]) if match else ("", each) for match, each in found]


@cache
def _read(version: int, language: str) -> Text:
    return Text(version, language, (_FOLDER / f"{version}.{language}.md").read_text(encoding="utf-8"))
