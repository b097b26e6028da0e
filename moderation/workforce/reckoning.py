"""From time and rates to money: pure, in whole numbers of the smallest unit, each line rounded once, half up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final

from moderation.workforce.spans import Span
from moderation.workforce.tables import StretchKind
from moderation.workforce.terms import Terms

DECISIONS: Final = "decisions"
CORRECTION: Final = "correction"
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet. `quantity` is in seconds, of decisions in pieces; a volunteer's has no rate."""

    what: str
    quantity: int
    rate: int | None
    currency: str | None
    amount: int


def hourly(seconds: int, rate: int) -> int:
    """What some time is worth; half a cent up, and half a cent down where time is taken back."""
    return int((Decimal(seconds) * rate / _HOUR).quantize(Decimal(1), ROUND_HALF_UP))


def lines(spans: Iterable[Span], decisions: Sequence[datetime], agreed: Sequence[tuple[datetime, Terms]]) -> list[Line]:
    """The lines of some time (nothing twice in it) and of some decisions, each by the rate that held then."""
    spent: dict[tuple[Terms | None, str], timedelta] = defaultdict(timedelta)
    made: dict[Terms, int] = defaultdict(int)
    for span in spans:
        for part, rates in _parts(span, agreed):
            spent[rates, span.kind.value] += part
    for moment in decisions:
        rates = at(agreed, moment)
        if rates is not None and rates.per_decision is not None:
            made[rates] += 1
    found = [_timed(what, round(time.total_seconds()), rates) for (rates, what), time in spent.items()]
    return sorted([*found, *(_counted(rates, count) for rates, count in made.items())], key=_order)


def corrected(seconds: int, moment: datetime, agreed: Sequence[tuple[datetime, Terms]]) -> Line:
    """The line of a correction, by the rate of its day."""
    rates = at(agreed, moment)
    if rates is None:
        return Line(CORRECTION, seconds, None, None, 0)
    return Line(CORRECTION, seconds, rates.per_hour, rates.currency, hourly(seconds, rates.per_hour))


def totals(found: Iterable[Line]) -> dict[str, int]:
    """By currency."""
    summed: dict[str, int] = defaultdict(int)
    for line in found:
        if line.currency is not None:
            summed[line.currency] += line.amount
    return dict(sorted(summed.items()))


def at(agreed: Sequence[tuple[datetime, Terms]], moment: datetime) -> Terms | None:
    """The terms that held at a moment, of a history in order."""
    return next((rates for since, rates in reversed(agreed) if since <= moment), None)


def _parts(span: Span, agreed: Sequence[tuple[datetime, Terms]]) -> list[tuple[timedelta, Terms | None]]:
    """A stretch, divided where rates changed in the midst of it."""
    edges = [span.began, *(since for since, _ in agreed if span.began < since < span.ended), span.ended]
    return [(until - since, at(agreed, since)) for since, until in pairwise(edges)]


def _timed(what: str, seconds: int, rates: Terms | None) -> Line:
    if rates is None:
        return Line(what, seconds, None, None, 0)
    if rates.per_decision is not None and what == StretchKind.CASES.value:
        return Line(what, seconds, None, rates.currency, 0)
    return Line(what, seconds, rates.per_hour, rates.currency, hourly(seconds, rates.per_hour))


def _counted(rates: Terms, count: int) -> Line:
    rate = rates.per_decision or 0
    return Line(DECISIONS, count, rate, rates.currency, count * rate)


def _order(line: Line) -> tuple[int, str, int]:
    order = [*(kind.value for kind in StretchKind), DECISIONS, CORRECTION]
    return order.index(line.what), line.currency or "", line.rate or 0
