"""What players ask of films besides the film: a part of it, or whether theirs is still the same (RFC 9110). Pure."""

from __future__ import annotations

import re
from typing import Final

_RANGES: Final = re.compile(
    r"bytes=\s*(?:\d{1,19}-\d{0,19}|-\d{1,19})(?:\s*,\s*(?:\d{1,19}-\d{0,19}|-\d{1,19}))*\s*", re.I
)
_PAIR: Final = re.compile(r"(\d+)-(\d+)")


def is_valid(header: str) -> bool:
    """Whether a Range is one (14.1.2): one that isn't, or ends before it begins, is to be taken for none."""
    return _RANGES.fullmatch(header) is not None and all(
        int(first) <= int(last) for first, last in _PAIR.findall(header)
    )


def knows(header: str, etag: str) -> bool:
    """Whether an If-None-Match (13.1.2) names this ETag, by the weak comparison."""
    named = {each.strip().removeprefix("W/") for each in header.split(",")}
    return "*" in named or etag.removeprefix("W/") in named
