"""Codes of languages, as clients send them: those that CLDR names, and the few that Mastodon has beside them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from babel import Locale

_CODE: Final = re.compile(r"([a-z]{2,3})(?:-([a-z0-9]{2,8}))?")
_BESIDE: Final = frozenset(("bh", "cnr", "kmr", "ldn", "zba"))


def is_known(code: str) -> bool:
    """Whether it is a language, perhaps as it is spoken or written somewhere: `fr`, `pt-BR`, `zh-Hant`, `zh-YUE`."""
    parts = _CODE.fullmatch(code.lower())
    return parts is not None and parts[1] in _languages() and (parts[2] is None or parts[2] in _variants())


@cache
def _languages() -> frozenset[str]:
    return _BESIDE | frozenset(Locale("en").languages)


@cache
def _variants() -> frozenset[str]:
    """Where it is spoken, how it is written, and Cantonese."""
    named = Locale("en")
    return frozenset(each.lower() for each in (*named.territories, *named.scripts)) | {"yue"}
