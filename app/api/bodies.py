"""What a caller sent, read once: unknown fields and wrong types are refused by name."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Any, TypeVar

import orjson
from flask import request

from app.errors import BadRequestError, InvalidError

E = TypeVar("E", bound=StrEnum)
LONGEST_TEXT = 5000


def body(known: Collection[str]) -> dict[str, Any]:
    """The JSON object of this request. Raises BadRequestError; InvalidError for a field that isn't one of `known`."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise BadRequestError("The body isn't JSON") from error
    if not isinstance(found, dict):
        raise BadRequestError("The body must be a JSON object")
    for name in found:
        if name not in known:
            raise InvalidError(f"{name[:64]!r} isn't a field of this request")
    return found


def text(values: dict[str, Any], name: str, *, otherwise: str = "", most: int = LONGEST_TEXT) -> str:
    """Text that can be stored."""
    value = values.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, str) or len(value) > most or "\0" in value:
        raise InvalidError(f"{name} must be text of at most {most} characters")
    return value


def required(values: dict[str, Any], name: str, *, most: int = LONGEST_TEXT) -> str:
    """Text that must be there."""
    found = text(values, name, most=most).strip()
    if not found:
        raise InvalidError(f"{name} is missing")
    return found


def word(kind: type[E], value: Any, name: str) -> E:
    """One of a closed set of words."""
    try:
        return kind(value)
    except ValueError as error:
        raise InvalidError(f"{name} must be one of {', '.join(kind)}") from error


def flag(values: dict[str, Any], name: str) -> bool:
    """True or false."""
    value = values.get(name, False)
    if not isinstance(value, bool):
        raise InvalidError(f"{name} must be true or false")
    return value


def whole(values: dict[str, Any], name: str, most: int) -> int | None:
    """A whole number from 0 on, or None."""
    value = values.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise InvalidError(f"{name} must be a whole number up to {most}")
    return value


def argument(name: str, *, most: int = 2048) -> str | None:
    """A query argument, or None where it's missing or empty."""
    value = request.args.get(name)
    if not value:
        return None
    if len(value) > most or "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise InvalidError(f"{name} can't be that")
    return value


def limit(otherwise: int, most: int) -> int:
    """How many the caller wants, within bounds."""
    value = argument("limit", most=9)
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdigit()):
        raise InvalidError("limit must be a number")
    return max(1, min(int(value), most))
