"""What the model's card says of each label, for houses of which nothing is known yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from models.errors import ModelError
from models.registry import Version
from moderation.learning import uses
from moderation.planning.bands import Borrowed
from moderation.planning.examples import SHARES, Card
from moderation.policy.values import Policy, resolve

CAREFUL_GUESS: Final = Borrowed(0.9, 0.6, 1 / 2000, 1 / 200, 0.1, 0.4)
"""Where there is no card: plain figures of a plain model."""


def cards(policy: Policy, hold_lines: Mapping[str, float], version: Version | None, now: datetime) -> dict[str, Card]:
    """What there is to say of each label that may be held: what it weighs, its line, whether that is applied now, and
    its figures.

    A label that the policy never holds has no line, and gets none.
    """
    known, grave = figures(version), policy.unmoving
    return {
        name: Card(
            each.severity,
            resolve(each.hold, name, hold_lines),
            name in grave,
            known.get(name, CAREFUL_GUESS),
            policy.waits(name, now),
            policy.lifted_by(name, now),
        )
        for name, each in policy.labels.items()
        if name in SHARES
    }


def in_use(session: Session) -> Version | None:
    """The shipped version that judges, or that the server's own one corrects; None where it isn't here."""
    try:
        return uses.shipped(session)
    except ModelError:
        return None


def figures(version: Version | None) -> dict[str, Borrowed]:
    """By label, of a shipped version; none where there is no card."""
    if version is None:
        return {}
    try:
        lines, report = version.manifest().lines, version.report()
    except ModelError:
        return {}
    return {
        name: Borrowed(
            each.hold,
            each.label,
            1 / each.hold_one_in,
            1 / each.label_one_in,
            _recall(report, name, "recall_at_hold", CAREFUL_GUESS.harmful_over_hold),
            _recall(report, name, "recall_at_label", CAREFUL_GUESS.harmful_over_label),
        )
        for name, each in lines.items()
    }


def _recall(report: Mapping[str, Any], label: str, name: str, otherwise: float) -> float:
    """Of public data, which part of what is harmful exceeds a line."""
    found = report.get("labels", {}).get(label, {}).get("public", {}).get(name)
    return float(found) if isinstance(found, int | float) else otherwise
