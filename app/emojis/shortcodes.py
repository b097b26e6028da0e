"""Shortcodes: what may be one, and which a text has. Pure."""

from __future__ import annotations

import re
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 128
"""Mastodon's bounds for its own."""
_ONE: Final = re.compile(rf"[A-Za-z0-9_]{{{SHORTEST},{LONGEST}}}")
_IN_TEXT: Final = re.compile(rf"(?<![A-Za-z0-9:]):({_ONE.pattern}):(?![A-Za-z0-9:])")


def is_one(text: str) -> bool:
    """Whether a text, without colons, can be a shortcode of ours."""
    return _ONE.fullmatch(text) is not None


def found(*texts: str) -> list[str]:
    """What stands between colons in these texts, each once, in order: `:blob:` in `so :blob:!`, none in `10:30:15`."""
    return list(dict.fromkeys(match[1] for text in texts if ":" in text for match in _IN_TEXT.finditer(text)))


def of_file(name: str) -> str:
    """The shortcode that a file's name suggests: `blob-cat.png` is `blob_cat`."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name.rpartition("/")[2].rpartition(".")[0] or name).strip("_")
