"""How often people are wrong, in the planner's words."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import format_decimal

from app.reviewing.planner import Planned
from app.web.review import rating_words
from moderation.planning.plans import Z
from moderation.planning.readers import Share


@dataclass(frozen=True, slots=True)
class Shown:
    """What is said of it. `twice` is how many of the samples found harmful another has read; empty for none."""

    alarm: str
    overlooked: str
    harmful: str
    twice: str
    agreed: str


def of(found: Planned | None) -> Shown | None:
    """None for a house that is described: nobody has read anything there."""
    if found is None or found.known is None:
        return None
    errors, samples = found.known.errors, found.known.samples
    return Shown(
        _share(errors.false_alarm),
        _share(errors.overlooked),
        format_decimal(samples.harmful),
        format_decimal(samples.twice) if samples.twice else "",
        format_decimal(samples.agreed),
    )


def _share(of: Share) -> str:
    """With the interval that holds it nine times of ten."""
    low, high = max(0.0, of.mean - Z * of.unsure), min(1.0, of.mean + Z * of.unsure)
    percent = rating_words.fine_percent
    return f"{percent(of.mean)} ({percent(low)} – {percent(high)})"
