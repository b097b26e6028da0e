"""How soon people answer at the staffing that there is: a box on the start page and on the crew's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import format_decimal, format_percent
from sqlalchemy.orm import Session

from app.current import services
from app.reviewing.model import text_model
from app.web import labels
from moderation.policy import store
from moderation.workforce import capacity, staffing
from moderation.workforce.capacity import Alternative


@dataclass(frozen=True, slots=True)
class Other:
    """Another line in words."""

    label: str
    before: str
    line: str
    waited: timedelta | None
    answered: timedelta | None
    missed: str


@dataclass(frozen=True, slots=True)
class Box:
    """The outlook in words. `answered` is None where work falls behind."""

    answered: timedelta | None
    load: str
    held: str
    other: Other | None


def box(session: Session, now: datetime) -> Box | None:
    """What can be said; None while there is too little."""
    lines = _lines(session, now)
    found = capacity.outlook(staffing.past(session, now), lines)
    if found is None:
        return None
    other = None if found.other is None else _other(found.other, lines)
    return Box(found.answered, format_percent(found.load), format_decimal(round(found.held_a_day, 1)), other)


def _lines(session: Session, now: datetime) -> dict[str, float]:
    policy, model = store.current(session), text_model(services())
    given = model.hold_lines if model is not None else {}
    found = {label: policy.hold_line(label, given, now) for label in policy.labels}
    return {label: line for label, line in found.items() if line is not None}


def _other(found: Alternative, lines: dict[str, float]) -> Other:
    return Other(
        labels.name(found.label),
        format_decimal(round(lines[found.label], 2)),
        format_decimal(found.line),
        found.before,
        found.answered,
        format_decimal(round(found.missed_a_day, 1)),
    )
