"""The simulated month's curves as SVG files, for docs/month/."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol
from xml.sax.saxutils import escape

WIDTH: Final = 720
HEIGHT: Final = 240
LEFT: Final = 52
RIGHT: Final = 12
TOP: Final = 34
BOTTOM: Final = 30
COLOURS: Final = ("#8c8775", "#2f5d8a", "#1c6b52")
DASHES: Final = ("5 4", "2 3", "")


class OfDay(Protocol):
    """What is drawn of a day."""

    @property
    def held(self) -> int: ...
    @property
    def middle(self) -> float: ...
    @property
    def tenth(self) -> float: ...
    @property
    def missed(self) -> int: ...
    @property
    def said(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def wrong(self) -> int: ...
    @property
    def psi(self) -> float: ...


CURVES: Final[Mapping[str, tuple[str, Callable[[OfDay], float]]]] = {
    "held": ("Held a day", lambda day: day.held),
    "waiting": ("Minutes that one held post in ten waits at least", lambda day: day.tenth),
    "missed": ("Missed a day", lambda day: day.missed),
    "wrong": ("Wrongly held a day", lambda day: day.wrong),
}
Marks = Sequence[tuple[int, str]]


def write(folder: Path, found: Mapping[str, Sequence[OfDay]], wave: int, short: int, new_words: int) -> None:
    """One file for each curve, and one of what the planner said beside what came."""
    folder.mkdir(parents=True, exist_ok=True)
    marks = ((new_words, "new words"), (short, "short shift"), (wave, "wave"))
    for name, (title, value) in CURVES.items():
        series = {way: [value(day) for day in days] for way, days in found.items()}
        (folder / f"{name}.svg").write_text(chart(title, series, marks))
    way, days = list(found.items())[-1]
    series = {"missed": [day.missed for day in days], "as the planner said": [day.said for day in days]}
    between = [(day.low, day.high) for day in days]
    (folder / "calibration.svg").write_text(
        chart(f"Missed a day, and as the planner said ({way})", series, marks, between)
    )


def chart(
    title: str,
    series: Mapping[str, Sequence[float]],
    marks: Marks,
    between: Sequence[tuple[float, float]] = (),
) -> str:
    """Lines over days, with what happened when."""
    days = max(len(each) for each in series.values())
    most = _round(max([*(value for each in series.values() for value in each), *(high for _, high in between), 1.0]))
    x = _scale(days - 1, LEFT, WIDTH - RIGHT)
    y = _scale(most, HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="11">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fffdf8"/>',
        f'<text x="{LEFT}" y="14" font-size="13" fill="#1f2421">{escape(title)}</text>',
    ]
    for part in (0.0, 0.5, 1.0):
        parts.append(f'<path d="M{LEFT} {y(most * part)}H{WIDTH - RIGHT}" stroke="#d9d3c4"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(most * part) + 4}" text-anchor="end" fill="#565d57">{most * part:g}</text>'
        )
    for day in range(0, days, 7):
        parts.append(f'<text x="{x(day)}" y="{HEIGHT - 10}" text-anchor="middle" fill="#565d57">day {day}</text>')
    for day, words in marks:
        if day < days:
            parts.append(f'<path d="M{x(day)} {TOP}V{HEIGHT - BOTTOM}" stroke="#9a5b00" stroke-dasharray="1 3"/>')
            parts.append(f'<text x="{x(day) + 3}" y="{TOP + 9}" fill="#8a5100">{escape(words)}</text>')
    if any(high for _, high in between):
        known = [(day, pair) for day, pair in enumerate(between) if pair[1]]
        outline = [(x(day), y(high)) for day, (_, high) in known] + [
            (x(day), y(low)) for day, (low, _) in reversed(known)
        ]
        parts.append(f'<polygon points="{_points(outline)}" fill="#1c6b52" opacity=".12"/>')
    for number, (name, values) in enumerate(series.items()):
        colour, dash = COLOURS[-len(series) :][number], DASHES[-len(series) :][number]
        line = _points([(x(day), y(value)) for day, value in enumerate(values)])
        parts.append(
            f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>'
        )
        at = LEFT + 200 * number
        parts.append(f'<path d="M{at} 25H{at + 22}" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        parts.append(f'<text x="{at + 27}" y="29" fill="#1f2421">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _scale(most: float, begin: float, end: float) -> Callable[[float], float]:
    return lambda value: round(begin + (end - begin) * (value / most if most else 0.0), 1)


def _round(value: float) -> float:
    """Up to one, two or five of the next power of ten."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(power * step for step in (1, 2, 5, 10) if value <= power * step)


def _points(of_line: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{a},{b}" for a, b in of_line)
