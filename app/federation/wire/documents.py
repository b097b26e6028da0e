"""Bytes from a stranger to a JSON object, within bounds."""

from __future__ import annotations

from typing import Any, cast

import orjson

from app.federation.wire.errors import (
    NotAnObjectError,
    NotJsonError,
    TooDeepError,
    TooLargeError,
    TooWideError,
)

MAX_BYTES = 1024 * 1024  # Mastodon's own limit for an inbox
MAX_DEPTH = 32
MAX_WIDTH = 20_000


def load(data: bytes, *, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The JSON object in `data`: UTF-8, at most MAX_DEPTH levels and MAX_WIDTH keys and items in all.

    NaN and Infinity are no JSON; of a key given twice the last one counts. Raises DocumentError.
    """
    if len(data) > max_bytes:
        raise TooLargeError(f"more than {max_bytes} bytes")
    try:
        document = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise NotJsonError("not JSON in UTF-8") from error
    if not isinstance(document, dict):
        raise NotAnObjectError("not a JSON object")
    _bound(document)
    return cast("dict[str, Any]", document)


def _bound(document: dict[str, Any]) -> None:
    """Level by level, without recursion, so that depth costs nothing but its own refusal."""
    level: list[Any] = [document]
    width = 0
    for _ in range(MAX_DEPTH):
        below: list[Any] = []
        for node in level:
            width += len(node)
            for value in node.values() if type(node) is dict else node:
                if type(value) is dict or type(value) is list:
                    below.append(value)
        if width > MAX_WIDTH:
            raise TooWideError(f"more than {MAX_WIDTH} keys and items")
        if not below:
            return
        level = below
    raise TooDeepError(f"nested more than {MAX_DEPTH} levels deep")
