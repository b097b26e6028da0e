"""Reads single fields of a stranger's JSON: whatever stands there, a bounded value of one type comes out."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from app.federation.wire import uris
from app.federation.wire.errors import MalformedError
from app.federation.wire.values import PUBLIC

Json = Any  # what orjson gives: dict, list, str, int, float, bool or None
Doc = Mapping[str, Json]

MAX_ADDRESSES = 2000
_DURATION = re.compile(r"P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?)?", re.ASCII)
_LONGEST_SECONDS = 31 * 86_400
_PUBLIC_SPELLINGS = frozenset((PUBLIC, "as:Public", "Public"))
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
# "und" and its like: the sender says that it doesn't know.
_NO_LANGUAGE = frozenset(("und", "mul", "zxx", "mis"))


def items(value: Json) -> Iterator[Json]:
    """The items of a list, or the value alone, or nothing for null: JSON-LD makes no difference."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def text(value: Json, limit: int) -> str:
    """A string cut to `limit` characters; "" for anything else. Nulls and lone surrogates can't come in here."""
    return value[:limit].replace("\x00", "") if isinstance(value, str) else ""


def mapped_text(doc: Doc, name: str, limit: int) -> str:
    """A natural language value: the plain field, or the first string of its Map (`nameMap`)."""
    value = doc.get(name)
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, str)), None)
    if not isinstance(value, str) and isinstance(by_language := doc.get(name + "Map"), dict):
        value = next((item for item in by_language.values() if isinstance(item, str)), None)
    return text(value, limit)


def types(doc: Doc) -> tuple[str, ...]:
    """The `type`s, without the prefixes that JSON-LD allows."""
    value = doc.get("type")
    if isinstance(value, str):
        return (_bare_type(value),)
    return tuple(_bare_type(item) for item in items(value) if isinstance(item, str))[:8]


def _bare_type(name: str) -> str:
    return name.removeprefix("as:").removeprefix("https://www.w3.org/ns/activitystreams#")


def uri(value: Json) -> str | None:
    """The URI of a string, of an object (`id`, or a Link's `href`) or of the first such in a list."""
    if isinstance(value, str):
        return value if uris.origin(value) is not None else None
    for item in items(value):
        found = item.get("id") or item.get("href") if isinstance(item, dict) else item
        if isinstance(found, str) and uris.origin(found) is not None:
            return found
    return None


def required_uri(doc: Doc, name: str) -> str:
    """The URI in a field. Raises MalformedError, code `NAME_missing` or `NAME_bad`."""
    found = uri(doc.get(name))
    if found is None:
        what = "bad" if doc.get(name) else "missing"
        raise MalformedError(f"the field {name} has no usable URI", code=f"{name}_{what}")
    return found


def own_id(doc: Doc) -> str:
    """The document's `id`, which must be a string. Raises MalformedError, code `id_missing` or `id_bad`."""
    value = doc.get("id")
    if isinstance(value, str) and uris.origin(value) is not None:
        return value
    raise MalformedError("the document has no usable id", code="id_bad" if value else "id_missing")


def addresses(value: Json) -> tuple[str, ...]:
    """URIs of `to` or `cc`, each once, the public collection in its full spelling.

    Raises MalformedError for more than MAX_ADDRESSES.
    """
    if isinstance(value, list) and len(value) > MAX_ADDRESSES:
        raise MalformedError("too many addresses", code="too_many_addresses")
    found: dict[str, None] = {}
    for item in items(value):
        address = item if isinstance(item, str) else item.get("id") if isinstance(item, dict) else None
        if not isinstance(address, str):
            continue
        if address in _PUBLIC_SPELLINGS:
            found[PUBLIC] = None
        elif uris.origin(address) is not None:
            found[address] = None
    return tuple(found)


def time(value: Json) -> datetime | None:
    """An ISO 8601 time, aware, in UTC; without an offset it is taken as UTC. None where it can't be read."""
    if not isinstance(value, str) or not 8 <= len(value) <= 40:
        return None
    try:
        at = datetime.fromisoformat(value)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def seconds(value: Json) -> float | None:
    """How long something lasts, from an xsd:duration of days, hours, minutes and seconds. None where it can't be read,
    is nothing, or more than a month.
    """
    found = _DURATION.fullmatch(value) if isinstance(value, str) and len(value) <= 40 else None
    if found is None:
        return None
    days, hours, minutes, rest = (float(part or 0) for part in found.groups())
    whole = days * 86_400 + hours * 3_600 + minutes * 60 + rest
    return whole if 0 < whole <= _LONGEST_SECONDS else None


def duration(seconds: float) -> str:
    """As xsd:duration: `PT12.5S`."""
    return f"PT{round(seconds, 3):.3f}".rstrip("0").rstrip(".") + "S"


def flag(value: Json) -> bool:
    """True for true and its spellings as a string; a Mastodon of old sent those."""
    return value is True or value == "true"


def maybe(value: Json) -> bool | None:
    """true, false, or None for anything else."""
    return value if isinstance(value, bool) else None


def count(value: Json, most: int = 2**31 - 1) -> int | None:
    """A whole number from 0 to `most`; None otherwise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if 0 <= value <= most else None


def language(doc: Doc, field: str = "content") -> str | None:
    """The language of a document: its own `language`, the Map that holds the same text (of `field`, else of the title
    or the summary), or the @context's.
    """
    own = doc.get("language")
    if isinstance(own, dict):
        own = own.get("identifier") or own.get("name")
    maps = ((name, doc.get(name + "Map")) for name in dict.fromkeys((field, "name", "summary")))
    name, by_language = next(((name, one) for name, one in maps if isinstance(one, dict) and one), (field, {}))
    if not isinstance(own, str) and by_language:
        same = (tag for tag, value in by_language.items() if value == doc.get(name))
        own = next(same, None) or next(iter(by_language))
    if not isinstance(own, str):
        own = _context_language(doc.get("@context"))
    return _tag(own)


def _context_language(context: Json) -> Json:
    if isinstance(context, list):
        for item in context[:16]:
            if isinstance(item, dict) and "@language" in item:
                return item["@language"]
    return context.get("@language") if isinstance(context, dict) else None


def _tag(value: Json) -> str | None:
    if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
        return None
    primary, dash, rest = value.partition("-")
    return None if primary.lower() in _NO_LANGUAGE else primary.lower() + dash + rest
