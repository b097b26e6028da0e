"""The one spelling of what people type: web addresses, languages. Pure."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from flask_babel import gettext as _

from app.errors import InvalidError
from moderation.domains import names
from moderation.errors import BadDomainError

LONGEST_URL: Final = 500


def web_address(typed: str) -> str:
    """A page's address: a bare host gets `https://`. Raises InvalidError for what leads to no named server."""
    text = typed.strip()
    wanted = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(wanted)
        host = names.canonical(parts.netloc) if parts.scheme in ("http", "https") else ""
    except (ValueError, BadDomainError) as error:
        raise _wrong() from error
    if "." not in host or len(wanted) > LONGEST_URL or any(ord(sign) < 33 for sign in wanted):
        raise _wrong()
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")


def language(typed: str) -> str:
    """A language's code in small letters; empty for none. Raises InvalidError for what is none."""
    code = typed.strip().lower()
    if not code:
        return ""
    try:
        Locale.parse(code, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise InvalidError(_("This language isn’t known here"), code="language_unknown") from error
    return code


def _wrong() -> InvalidError:
    return InvalidError(_("This is no address of a website"), code="url_invalid")
