"""Curves over time as numbers of an SVG, drawn by the server: weeks across, shares up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.web.review.rating_words import fine_percent, percent

WIDTH: Final = 320
HEIGHT: Final = 112
LEFT: Final = 40
RIGHT: Final = 8
TOP: Final = 10
BOTTOM: Final = 18
TOPS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Where an axis may end: the first that everything is under."""
FINE: Final = 0.05
"""An axis that ends below this is named with a figure behind the comma."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, with its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line through its dots, in one of the styles of the sheet."""

    style: str
    points: str
    dots: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines on one ground. `shade`: from where to where what is compared lies; None without."""

    lines: tuple[Line, ...]
    up: tuple[Tick, ...]
    across: tuple[Tick, ...]
    shade: tuple[float, float] | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def chart(
    lines: Sequence[tuple[str, Sequence[tuple[date, float]]]],
    words: Sequence[tuple[date, str]],
    *,
    shade_from: date | None = None,
) -> Chart | None:
    """Lines of shares by day; None where there are no two days. `words`: the days that are named below."""
    days = sorted({day for _, points in lines for day, _ in points})
    if len(days) < 2:
        return None
    first, last = days[0], days[-1]
    most = max(share for _, points in lines for _, share in points)
    top = next((each for each in TOPS if most <= each), 1.0)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((day - first).days / (last - first).days), 1)

    def y(share: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * min(share / top, 1.0), 1)

    drawn = tuple(_line(style, [(x(day), y(share)) for day, share in points]) for style, points in lines)
    said = fine_percent if top < FINE else percent
    up = tuple(Tick(y(share), said(share)) for share in (0.0, top / 2, top))
    across = tuple(Tick(x(day), name) for day, name in words if first <= day <= last)
    shade = (x(max(shade_from, first)), x(last)) if shade_from is not None and shade_from <= last else None
    return Chart(drawn, up, across, shade)


def _line(style: str, dots: list[tuple[float, float]]) -> Line:
    return Line(style, " ".join(f"{x},{y}" for x, y in dots), tuple(dots))
