"""What rules of a house can be about, with how grave each is: what the text model labels, and what only people see."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from models.labels import LABELS
from moderation.policy.kinds import SEEN_BY_PEOPLE
from moderation.policy.values import Policy

REPORTED: Final[Mapping[str, float]] = MappingProxyType({"legal": 8.0, "spam": 4.0, "violation": 6.0})
"""The same of what something was reported as."""
OTHER: Final = 5.0
KINDS: Final = (*LABELS, *SEEN_BY_PEOPLE)


def of(policy: Policy, kind: str | None) -> float:
    """How grave something is: by the policy's label, by what a rule is about, or by what it was reported as."""
    lines = policy.labels.get(kind or "")
    if lines is not None:
        return lines.severity
    return SEEN_BY_PEOPLE.get(kind or "", REPORTED.get(kind or "", OTHER))
