"""The one spelling of patterns, and of what they are compared with. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from moderation import addresses, hashtags
from moderation.domains import names
from moderation.errors import RefusedError
from moderation.patterns.tables import PatternKind

LONGEST: Final = 500
LEAST_LETTERS: Final = 3
"""A pattern with a star has so many letters at least, or it would match nearly everybody."""
_TAG: Final = re.compile(rf"[{hashtags.LETTERS}*]+")
_NAME: Final = re.compile(r"[a-z0-9_.*-]+")
_LOOKALIKES: Final = str.maketrans(
    {
        **dict(zip("аеорсхуіѕјкмтнвԁ", "aeopcxyisjkmthbd", strict=True)),
        **dict(zip("αεοριτκνυχ", "aeopitkvux", strict=True)),
    }
)


def spelt(kind: PatternKind, text: str, own: str | None = None) -> str:
    """A pattern as it is stored. Raises RefusedError for what can't be one; `own` is this house's domain."""
    plain = text.strip()
    if len(plain) > LONGEST:
        raise RefusedError(f"at most {LONGEST} characters")
    return {PatternKind.LINK: _link, PatternKind.HASHTAG: _hashtag, PatternKind.NAME: _name}[kind](plain, own)


def hashtag(text: str) -> str:
    """A hashtag as it is compared: without `#`, case, accents, and what parts words or isn't seen. Two that are one
    hashtag are one here.
    """
    plain = unicodedata.normalize("NFKD", text.lstrip("#＃")).casefold()
    return hashtags.folded("".join(char for char in plain if not (unicodedata.combining(char) or _is_apart(char))))


def _is_apart(char: str) -> bool:
    return char in hashtags.SEPARATORS or unicodedata.category(char) == "Cf"


def name(text: str) -> str:
    """A user name as it is compared: without case, with letters of other scripts as the Latin ones they look like."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)


def _link(text: str, own: str | None) -> str:
    host, slash, path = re.sub(r"^[a-z]+://", "", text, flags=re.IGNORECASE).partition("/")
    if "?" in text or "#" in text:
        raise RefusedError("a link's pattern is a host and perhaps the beginning of a path, without ? and #")
    bare = names.without_port(names.canonical(host))
    plain = addresses.path(path).strip("/") if slash else ""
    if plain:  # a single place on a host that many share is what this is for
        return f"{_not_ours(bare, own)}/{plain}"
    return names.for_rule(bare, names.without_port(own) if own else None)


def _not_ours(host: str, own: str | None) -> str:
    if own is not None and host == names.without_port(own):
        raise RefusedError("this server's own domain")
    return host


def _hashtag(text: str, _own: str | None) -> str:
    plain = hashtag(text)
    if not _TAG.fullmatch(plain):
        raise RefusedError("a hashtag has letters, digits and underscores; a star stands for any of them")
    return _with_letters(plain)


def _name(text: str, _own: str | None) -> str:
    plain = name(text.lstrip("@"))
    if not _NAME.fullmatch(plain):
        raise RefusedError("a user name without its server; a star stands for any letters")
    return _with_letters(plain)


def _with_letters(plain: str) -> str:
    """Raises RefusedError for a pattern with a star that says too little."""
    starred = re.sub(r"\*+", "*", plain)
    if not starred.strip("*") or ("*" in starred and len(starred.replace("*", "")) < LEAST_LETTERS):
        raise RefusedError(f"with a star, at least {LEAST_LETTERS} letters: it would match nearly everything")
    if starred.count("*") > 4:
        raise RefusedError("at most four stars")
    return starred
