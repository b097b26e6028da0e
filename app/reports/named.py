"""Posts of this house named in the words of a report: Misskey writes their addresses there, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 50
_ADDRESS: Final = re.compile(r"https://[^\s<>\"]{1,2000}")


def in_text(text: str, domain: str) -> tuple[str, ...]:
    """The addresses on our own domain that stand in a text, each once, MOST at most; what they lead to isn't asked."""
    ours = f"https://{domain}/"
    found = (match.group().rstrip(".,;:!?)]") for match in _ADDRESS.finditer(text))
    return tuple(dict.fromkeys(each for each in found if each.startswith(ours)))[:MOST]
