"""The planner's curves as numbers of an SVG: by place of the line, each place as far from the next as any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import format_decimal, format_percent
from flask_babel import gettext as _

from app.web import labels
from moderation.planning import curves
from moderation.planning.curves import Ladder, Point
from moderation.planning.plans import Label, Outcome, Plan, Situation

WIDTH: Final = 300
HEIGHT: Final = 110
LEFT: Final = 34
TOP: Final = 8
BOTTOM: Final = 18
TICKS: Final = (0.05, 0.5, 0.9, 0.995)


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One curve. `area` is the outline of its interval; empty where it has none."""

    name: str
    line: str
    area: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class OfLabel:
    """A label's curves, where its line is and would be, and the same as a table."""

    label: str
    name: str
    charts: tuple[Chart, ...]
    current: float | None
    suggested: float | None
    rows: tuple[tuple[str, ...], ...]


def of(situation: Situation, plan: Plan) -> list[OfLabel]:
    """The curves of each label."""
    ladder = Ladder(situation)
    return [_label(situation, label, plan.current, plan.suggested, ladder) for label in situation.labels]


def number(value: float) -> str:
    """An amount a day: two figures are enough."""
    if value == 0:
        return "0"
    figures = max(0, 1 - math.floor(math.log10(abs(value))))
    return format_decimal(round(value, figures) if figures else round(value))


def line(value: float | None) -> str:
    """A line, or never."""
    return _("never") if value is None else format_decimal(round(value, 3))


def _label(situation: Situation, label: Label, current: Outcome, suggested: Outcome, ladder: Ladder) -> OfLabel:
    points = curves.of_label(situation, label, current.lines, ladder)
    places = [point.line for point in points]
    x = _across(places)
    ticks = tuple(Tick(x(place), format_decimal(place)) for place in TICKS if place in places)
    charts = (
        _amounts(_("Held a day"), points, x, ticks, [point.held_a_day for point in points]),
        _shares(_("Answered in time"), points, x, ticks),
        _amounts(
            _("Missed a day"),
            points,
            x,
            ticks,
            [point.missed.a_day for point in points],
            [(point.missed.low, point.missed.high) for point in points],
        ),
        _amounts(_("Authors wrongly held a day"), points, x, ticks, [point.wronged_authors for point in points]),
    )
    return OfLabel(
        label.name,
        labels.name(label.name),
        charts,
        _place(current.lines[label.name], x),
        _place(suggested.lines[label.name], x),
        tuple(_row(point) for point in points),
    )


def _place(of_line: float | None, x: Callable[[float], float]) -> float | None:
    return None if of_line is None else x(of_line)


def _across(places: Sequence[float]) -> Callable[[float], float]:
    step = (WIDTH - LEFT - 6) / max(1, len(places) - 1)
    at = {place: round(LEFT + number * step, 1) for number, place in enumerate(places)}
    return lambda place: at.get(place, LEFT)


def _amounts(
    name: str,
    points: Sequence[Point],
    x: Callable[[float], float],
    across: tuple[Tick, ...],
    values: Sequence[float],
    between: Sequence[tuple[float, float]] = (),
) -> Chart:
    """Amounts stand by their tenfolds: what matters lies at a hundredth of what a low line would hold."""
    most = max([*values, *(high for _low, high in between), 1e-9])
    top = math.ceil(math.log10(most))
    low = top - 4
    y = _up(lambda value: (math.log10(max(value, 10.0**low)) - low) / (top - low))
    up = tuple(Tick(y(10.0**power), number(10.0**power)) for power in range(low, top + 1, 2))
    line_ = _points((x(point.line), y(value)) for point, value in zip(points, values, strict=True))
    outline = [(x(point.line), y(high)) for point, (_low, high) in zip(points, between, strict=False)]
    outline += [(x(point.line), y(low_)) for point, (low_, _high) in reversed(list(zip(points, between, strict=False)))]
    return Chart(name, line_, _points(outline), across, up)


def _shares(name: str, points: Sequence[Point], x: Callable[[float], float], across: tuple[Tick, ...]) -> Chart:
    y = _up(lambda value: value)
    up = tuple(Tick(y(value), format_percent(value)) for value in (0.0, 0.5, 1.0))
    return Chart(name, _points((x(point.line), y(point.in_time)) for point in points), "", across, up)


def _up(share: Callable[[float], float]) -> Callable[[float], float]:
    height = HEIGHT - TOP - BOTTOM
    return lambda value: round(TOP + height * (1 - min(1.0, max(0.0, share(value)))), 1)


def _points(of_curve: object) -> str:
    return " ".join(f"{a},{b}" for a, b in of_curve)  # type: ignore[attr-defined]


def _row(point: Point) -> tuple[str, ...]:
    return (
        line(point.line),
        number(point.held_a_day),
        format_percent(point.in_time),
        f"{number(point.missed.a_day)} ({number(point.missed.low)} – {number(point.missed.high)})",
        number(point.wronged_authors),
    )
