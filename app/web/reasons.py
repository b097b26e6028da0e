"""Why something is refused, in the reader's language.

Moderation and the app refuse in plain English, which the API and the command line show as it is. On pages each text is
found in a table (`reason_words`), with the values in it, and said by the catalogue. A text that isn't there stays as it
is: it is in the reader's language already, or somebody's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from flask import request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.errors import AppError
from app.web import appeals
from app.web.reason_words import ALL
from app.web.review import expression_words, words
from moderation.errors import AppealRefusedError, ForbiddenArrowError, HiddenActionError, ModerationError, NotFoundError
from moderation.instance_rules.language import BadExpressionError
from moderation.values import Action, Scope

_API: Final = "Validation failed: "
"""What clients of Mastodon's API expect before a text; people don't."""
_VALUE: Final = re.compile(r"%\((\w+)\)s")
_WHERE: Final = re.compile(r"(\S+): (.+)", re.DOTALL)
"""A field, a server or the like, and what is wrong with it."""
_DEEPEST: Final = 3
"""So many reasons stand within one another at most; what is longer is somebody's own words."""


def of(error: AppError | ModerationError) -> str:
    """Why it was refused."""
    if isinstance(error, BadExpressionError):
        return expression_words.wrong(error)
    if isinstance(error, AppealRefusedError):
        return appeals.refusal(error.why)
    if isinstance(error, HiddenActionError):
        action = words.action(Action(error.action))
        return _("“%(action)s” can’t be decided in this case’s queue.", action=action)
    text = error.text if isinstance(error, AppError) else error.safe
    found = _find(text)
    if found is not None:
        return found
    if isinstance(error, NotFoundError):
        return _("There is no such thing here any more, or nothing that can still be undone.")
    if isinstance(error, ForbiddenArrowError):
        return _("It can’t be changed like that any more: look at it again.")
    return text


def of_http(error: HTTPException) -> str:
    """Why a request couldn't even be looked at."""
    if isinstance(error, CSRFError):
        return _("This form is too old, or isn’t from this server: load the page anew, and try again.")
    return {
        405: _("This address can’t be asked for like that."),
        413: _(
            "What was sent is larger than the %(most)s MB that are taken here. Go back: what you typed is there still.",
            most=(request.max_content_length or 0) // 1_000_000,
        ),
    }.get(error.code or 500, _("What your browser sent can’t be understood: load the page anew, and try again."))


def said(text: str) -> str:
    """The same for a text that was kept, such as why a line of a list is no rule."""
    return _find(text) or text


def _find(text: str, depth: int = 0) -> str | None:
    text = text.removeprefix(_API)
    plain = text.replace("’", "'")
    exact, templates = _table()
    if plain in exact:
        return _(exact[plain])
    parts = _WHERE.fullmatch(text)
    why = _find(parts[2], depth + 1) if parts is not None and depth < _DEEPEST else None
    if parts is not None and why is not None:
        return _("%(where)s: %(why)s", where=parts[1], why=why)
    for template, message in templates:
        found = template.fullmatch(plain)
        if found is not None:
            return _(
                message, **{name: _code(name, text[slice(*found.span(name))], depth) for name in found.groupdict()}
            )
    return None


def _code(name: str, value: str, depth: int) -> str:
    """An action and what it reaches in words, and a reason within a reason; all else as it is."""
    if name == "why":
        return (_find(value, depth + 1) if depth < _DEEPEST else None) or value
    if name == "action" and value in tuple(Action):
        return words.action(Action(value))
    if name == "scope" and value in tuple(Scope):
        return words.scope(Scope(value)) or _("the post itself")
    return value


@cache
def _table() -> tuple[Mapping[str, str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Texts without a value by their English; then those with values, whose patterns are compiled once: what says most
    comes first."""
    plain = {message.replace("’", "'"): message for message in ALL}
    exact = {text: message for text, message in plain.items() if not _VALUE.search(text)}
    with_values = [(text, message) for text, message in plain.items() if text not in exact]
    with_values.sort(key=lambda each: len(_VALUE.sub("", each[0])), reverse=True)
    return exact, tuple((_pattern(text), message) for text, message in with_values)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _VALUE.split(text)
    literal, names = parts[::2], parts[1::2]
    found = re.escape(literal[0])
    for name, after in zip(names, literal[1:], strict=True):
        found += f"(?P<{name}>.+?)" + re.escape(after)
    return re.compile(found, re.DOTALL)
