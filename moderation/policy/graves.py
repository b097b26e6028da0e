"""What is grave beyond a doubt, and from which severity on something weighs on who reads it: a part of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moderation.errors import BadPolicyError

ALWAYS: Final = ("child_safety", "threat_to_life")
"""What no policy can take off: nobody reads these for practice, or several at once, and no outside service does."""
DEFAULT: Final[dict[str, Any]] = {
    # Read for no sample, never decided along with others or sent to a translator, heavy whatever the severity.
    "labels": list(ALWAYS),
    # From this severity of a label on, of 10, a case counts against what somebody agreed to see in a day.
    "heavy_from": 7,
    # From this one on a case is decided by itself.
    "alone_from": 9,
}


@dataclass(frozen=True, slots=True)
class Graves:
    """The labels that are grave whatever their severity, and the two lines of severity."""

    labels: frozenset[str]
    heavy_from: float
    alone_from: float


def parse(value: Any, known: frozenset[str]) -> Graves:
    """The part of a policy document; `known` are the labels that there are. Raises BadPolicyError naming the field."""
    if not isinstance(value, Mapping) or set(value) != set(DEFAULT):
        raise BadPolicyError(f"grave: an object with exactly {', '.join(sorted(DEFAULT))}")
    labels = value["labels"]
    if not isinstance(labels, list) or not all(isinstance(each, str) and each in known for each in labels):
        raise BadPolicyError("grave.labels: a list of labels")
    missing = [each for each in ALWAYS if each not in labels]
    if missing:
        raise BadPolicyError(f"grave.labels: {' and '.join(missing)} can't be left out")
    return Graves(
        frozenset(labels), _severity(value["heavy_from"], "heavy_from"), _severity(value["alone_from"], "alone_from")
    )


def _severity(value: Any, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 10:
        raise BadPolicyError(f"grave.{name}: a severity from 1 to 10")
    return float(value)
