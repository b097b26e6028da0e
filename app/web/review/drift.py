"""For leads: whether what comes is still like what the text model knows, and how often people agree with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_date
from flask import render_template

from app.current import services
from app.reviewing import people
from app.web import filters, labels, pages, sessions
from app.web.review import curves, drift_words, frame, rating_words
from app.web.review.curves import Chart
from moderation.drift import calibration, divergence, measures, windows
from moderation.drift.calibration import OfLabel, Part
from moderation.drift.windows import Measured, Watch
from moderation.learning import missed
from moderation.learning.missed import Missed

blueprint = frame.blueprint("drift")
NAMED_EVERY = timedelta(weeks=4)


@dataclass(frozen=True, slots=True)
class BinView:
    """A line of a table."""

    words: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class MeasureView:
    """A measure in words and as a curve. `psi`, `bound` and `js` are empty where there is too little to say."""

    code: str
    name: str
    told: str
    state: str
    """`much`, `drifted`, `alike`, or empty."""
    psi: str
    bound: str
    js: str
    high: tuple[str, str]
    """The share of high scores before and now; empty where nothing is said of it."""
    high_drifted: bool
    chart: Chart | None
    bins: tuple[BinView, ...]
    weeks: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class PartView:
    """Some posts: what the model expected, and what people said."""

    words: str
    expected: str
    upheld: str
    interval: str
    of: int


@dataclass(frozen=True, slots=True)
class LabelView:
    """How far people agree with one label's scores."""

    code: str
    name: str
    is_off: bool
    lately: PartView
    chart: Chart | None
    weeks: tuple[PartView, ...]
    bins: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A label: how much of it was found in the samples, how much that makes of all, and what is known."""

    name: str
    found: str
    count: str
    low: str
    high: str
    known: str


@dataclass(frozen=True, slots=True)
class MissedView:
    """Harm that machines let in. `drawn` is empty where nothing was."""

    posts: str
    drawn: str
    count: str
    low: str
    high: str
    known: str
    rows: tuple[MissedRow, ...]


@blueprint.get("/model/drift")
@sessions.at_least(people.RULES)
def drift() -> str:
    """Counts and curves; nobody's words."""
    now = services().clock.now()
    with services().db.read() as session:
        return _page(windows.watch(session, now), calibration.read(session, now), missed.read(session, now))


def _page(found: Watch, calibrated: calibration.Calibrated, let_in: Missed) -> str:
    views = [_measure(each, found) for each in found.measured]
    since = found.until - timedelta(days=windows.NOW_DAYS - 1)
    return render_template(
        "review/drift.html",
        found=found,
        missed=_missed(let_in),
        scores=[each for each in views if each.code.startswith(measures.SCORE)],
        texts=[each for each in views if not each.code.startswith(measures.SCORE)],
        drifted=[drift_words.name(each) for each in found.drifted],
        calibrated=[_label(each) for each in calibrated.labels],
        week=sum(count for day, count in found.posts.items() if day >= since),
        before=sum(count for day, count in found.posts.items() if _is_before(day, since)),
        least_before=divergence.LEAST_BEFORE,
        least_now=divergence.LEAST_NOW,
        least_decided=calibration.LEAST,
    )


def _missed(found: Missed) -> MissedView:
    whole, count = found.whole, rating_words.amount
    return MissedView(
        filters.number(whole.population),
        filters.number(whole.drawn) if whole.drawn else "",
        count(whole.count),
        count(whole.low),
        count(whole.high),
        filters.number(found.known.get(missed.ANY, 0)),
        tuple(
            MissedRow(
                labels.name(label),
                count(one.found),
                count(one.count),
                count(one.low),
                count(one.high),
                filters.number(found.known.get(label, 0)),
            )
            for label, one in found.labels.items()
            if label != missed.ANY
        ),
    )


def _is_before(day: date, since: date) -> bool:
    return since - timedelta(days=windows.BEFORE_DAYS) <= day < since


def _measure(one: Measured, found: Watch) -> MeasureView:
    points = [(point.day, point.share) for point in one.curve]
    compared = one.comparison
    since = found.until - timedelta(days=windows.NOW_DAYS)
    state = "" if compared is None else "much" if compared.much else "drifted" if one.drifted else "alike"
    percent, high = rating_words.percent, one.rare
    return MeasureView(
        one.name,
        drift_words.name(one.name),
        drift_words.told(one.name),
        state,
        _decimal(compared.psi) if compared else "",
        _decimal(compared.bound) if compared else "",
        _decimal(compared.js) if compared else "",
        (rating_words.fine_percent(high.before), rating_words.fine_percent(high.now)) if high else ("", ""),
        high is not None and high.drifted,
        curves.chart([("line-in", points)], _named([day for day, _ in points]), shade_from=since),
        tuple(
            BinView(drift_words.bins(one.name, each.names), _share(each.before), _share(each.now))
            for each in (compared.bins if compared else ())
        ),
        tuple((_day(point.day), percent(point.share), point.posts) for point in one.curve),
    )


def _label(one: OfLabel) -> LabelView:
    days = [week for week, _part in one.weeks]
    lines = [
        ("line-note", [(week, part.expected) for week, part in one.weeks]),
        ("line-in", [(week, part.upheld.value) for week, part in one.weeks]),
    ]
    return LabelView(
        one.label,
        labels.name(one.label),
        one.is_off,
        _part("", one.lately),
        curves.chart(lines, _named(days)),
        tuple(_part(_day(week), part) for week, part in one.weeks),
        tuple(_part(drift_words.scores_from(edge), part) for edge, part in one.bins),
    )


def _part(words: str, part: Part) -> PartView:
    percent, upheld = rating_words.percent, part.upheld
    interval = f"{percent(upheld.low)} – {percent(upheld.high)}" if upheld.of else ""
    return PartView(words, percent(part.expected), percent(upheld.value) if upheld.of else "–", interval, upheld.of)


def _named(days: Sequence[date]) -> list[tuple[date, str]]:
    """The last day, and each fourth week before it, as words under a curve; the first ones have no room."""
    if not days:
        return []
    named, at = [], days[-1]
    while at > days[0]:
        named.append((at, _day(at)))
        at -= NAMED_EVERY
    return named


def _day(day: date) -> str:
    return format_date(day, "d MMM", locale=pages.language())


def _share(value: float) -> str:
    """A share with one figure behind the comma where it is small."""
    return rating_words.percent(value) if value >= 0.1 or value == 0 else rating_words.fine_percent(value)


def _decimal(value: float) -> str:
    return rating_words.decimal(value)
