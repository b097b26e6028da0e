"""Which text is one emoji (Unicode Technical Standard 51, as far as it says so by ranges). Pure."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 32
_BASE: Final = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55"
    "\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ONE: Final = rf"{_BASE}\ufe0f?[\U0001f3fb-\U0001f3ff]?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_FLAG: Final = "[\U0001f1e6-\U0001f1ff]{2}"
_KEYCAP: Final = "[0-9#*]\ufe0f?\u20e3"
_EMOJI: Final = re.compile(rf"{_FLAG}|{_KEYCAP}|{_ONE}(?:\u200d{_ONE})*")


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, and nothing besides."""
    return len(text) <= LONGEST and _EMOJI.fullmatch(text) is not None
