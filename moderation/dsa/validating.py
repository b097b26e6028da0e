"""What the transparency database would refuse of a statement, said before it is sent. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from moderation.dsa.schema import FIELDS, NEEDED_WITH, RESTRICTIONS, Field


def faults(record: Mapping[str, Any]) -> list[str]:
    """What is wrong with a statement, a line each; empty where it would be taken."""
    return [*_fields(record), *_together(record)]


def _fields(record: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(set(record) - set(FIELDS)):
        yield f"{name}: there is no such field"
    for name, field in FIELDS.items():
        value = record.get(name)
        if _is_empty(value):
            if field.required:
                yield f"{name}: missing"
        elif (wrong := _wrong(field, value)) is not None:
            yield f"{name}: {wrong}"


def _wrong(field: Field, value: Any) -> str | None:
    if field.kind == "choices":
        if not isinstance(value, list):
            return "not a list"
        extra = [each for each in value if not isinstance(each, str) or each not in field.words]
        return f"{extra[0]!r} isn't one of its words" if extra else None
    if not isinstance(value, str):
        return "not a text"
    if field.kind == "choice":
        return None if value in field.words else f"{value!r} isn't one of its words"
    if field.kind == "date":
        return _wrong_date(field, value)
    if len(value) > field.longest:
        return f"longer than {field.longest} characters"
    return None if not field.pattern or re.fullmatch(field.pattern, value) else "characters that aren't allowed"


def _wrong_date(field: Field, value: str) -> str | None:
    try:
        day = date.fromisoformat(value) if len(value) == len("2020-01-01") else None
    except ValueError:
        day = None
    if day is None:
        return "not a date (YYYY-MM-DD)"
    return None if field.earliest <= day <= field.latest else f"not between {field.earliest} and {field.latest}"


def _together(record: Mapping[str, Any]) -> Iterator[str]:
    if all(_is_empty(record.get(name)) for name in RESTRICTIONS):
        yield f"none of {', '.join(RESTRICTIONS)} is there"
    for name, word, other in NEEDED_WITH:
        said = record.get(name)
        if (said == word or (isinstance(said, list) and word in said)) and _is_empty(record.get(other)):
            yield f"{other}: missing, as {name} says {word}"


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [])
