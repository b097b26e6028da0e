"""What only people see in a post, with how grave each is: names beside those of the model's labels."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SEEN_BY_PEOPLE: Final[Mapping[str, float]] = MappingProxyType(
    {
        "child_safety": 10.0,
        "illegal": 8.0,
        "privacy": 7.0,
        "impersonation": 6.0,
        "misinformation": 5.0,
        "copyright": 4.0,
    }
)
"""Of 10, as the policy's severities."""
