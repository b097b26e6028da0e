"""JSON in its one spelling (RFC 8785, JCS): what is signed when a document carries its own proof.

Numbers are those of I-JSON: what a double can't hold exactly has no spelling that everybody agrees on, and is refused.
"""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import Any

LARGEST_INTEGER = 2**53 - 1
_DIGITS_IN_FULL = 21


def canonical(value: Any) -> bytes:
    """The one spelling of what orjson gives, in UTF-8. Raises ValueError where there is none."""
    return _spelt(value).encode("utf-8")


def _spelt(value: Any) -> str:
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda member: member[0].encode("utf-16-be"))
        return "{" + ",".join(f"{_text(name)}:{_spelt(item)}" for name, item in members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_spelt, value)) + "]"
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise ValueError("an integer that a double doesn't hold")
        return str(value)
    if isinstance(value, float):
        return _number(value)
    raise ValueError("no JSON")


def _text(value: str) -> str:
    # The standard library escapes exactly what section 3.2.2.2 asks for, in the same letters.
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """As ECMAScript spells it (section 3.2.2.3): the shortest digits, an exponent only far from the point."""
    if not math.isfinite(value):
        raise ValueError("not a number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    _, parts, exponent = Decimal(repr(abs(value))).as_tuple()
    text = "".join(map(str, parts))
    point = len(text) + int(exponent)
    digits = text.rstrip("0")
    return sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    count = len(digits)
    if count <= point <= _DIGITS_IN_FULL:
        return digits + "0" * (point - count)
    if 0 < point <= _DIGITS_IN_FULL:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return "0." + "0" * -point + digits
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{mantissa}e{point - 1:+d}"
