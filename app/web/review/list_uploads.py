"""A list of servers as it comes with a form: as a file, pasted, or by the name under which it is kept since."""

from __future__ import annotations

from typing import Final

from flask import request
from flask_babel import gettext as _

from app.current import services
from app.stores import lists_read
from app.web import forms, sessions
from moderation.domains.lists import LONGEST
from moderation.errors import BadDomainError

MOST_BYTES: Final = 12_000_000
"""Of a whole request: the longest list, in letters of two bytes, with what a form needs around it."""
LONGEST_LIST: Final = LONGEST


def text() -> str:
    """The list that came with a form; empty where none did.

    Raises BadDomainError for one that is too long: half a list is none; GoneError, UnavailableError.
    """
    kept = forms.line("kept", 64)
    file = request.files.get("file")
    if file is not None and file.filename:
        found: str = file.read(4 * LONGEST_LIST + 4).decode("utf-8", "replace")
    elif kept and not forms.text("list", 1):
        return lists_read.of(services().redis, sessions.required().id, kept)
    else:
        found = forms.text("list", 2 * LONGEST_LIST + 2)  # a line break is two characters until it is read
    if len(found) > LONGEST_LIST:
        raise BadDomainError(_("a list has at most %(most)s characters", most=f"{LONGEST_LIST:,}"))
    return found


def keep(text: str) -> str:
    """What the next form carries instead of it. Raises UnavailableError."""
    return lists_read.keep(services().redis, sessions.required().id, text)
