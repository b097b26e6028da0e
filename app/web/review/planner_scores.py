"""What scores mean in this house, in the planner's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask_babel import format_decimal

from app.reviewing.planner import Planned
from app.web import labels
from app.web.review.planner_curves import number
from moderation.planning.calibration import Curve
from moderation.planning.plans import Z

ASKED: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True, slots=True)
class Row:
    """A label: its decisions, those of them that break the rule, and what each of the scores asked means."""

    name: str
    decided: str
    harmful: str
    means: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said of scores. `others` is how many posts other versions judged; empty for none."""

    version: str
    others: str
    asked: tuple[str, ...]
    rows: tuple[Row, ...]
    corrected: bool
    """Whether any label has decisions at all."""


def of(found: Planned | None) -> Shown | None:
    """None for a house that is described: it has the card's figures."""
    if found is None or found.known is None:
        return None
    known = found.known
    rows = tuple(_row(label.name, known.curves[label.name]) for label in found.situation.labels)
    return Shown(
        known.version,
        format_decimal(known.others) if known.others else "",
        tuple(format_decimal(each) for each in ASKED),
        rows,
        any(curve.decided for curve in known.curves.values()),
    )


def _row(label: str, curve: Curve) -> Row:
    means = tuple(_means(curve, score) for score in ASKED)
    return Row(labels.name(label), format_decimal(curve.decided), format_decimal(curve.harmful), means)


def _means(curve: Curve, score: float) -> str:
    low, high = curve.between(score, Z)
    return f"{number(curve.means(score))} ({number(low)} – {number(high)})"
