"""Sheets as CSV: one row for each day and kind, each correction, and each line of pay."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

from app.workforce import money
from moderation.workforce.reckoning import DECISIONS, Line
from moderation.workforce.sheets import Figures
from moderation.workforce.spans import Month
from moderation.workforce.tables import SheetRow

HEADER = ("number", "name", "month", "row", "day", "what", "hours", "count", "rate", "currency", "amount", "reason")
Sheet = tuple[str, Month, Figures, SheetRow | None]
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(sheets: Iterable[Sheet]) -> str:
    """The text. A sheet that isn't approved yet has no number."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, restval="", lineterminator="\r\n")
    writer.writeheader()
    for sheet in sheets:
        writer.writerows(_rows(sheet))
    return out.getvalue()


def _rows(sheet: Sheet) -> Iterator[dict[str, str]]:
    name, month, figures, row = sheet
    same = {"number": str(row.number) if row else "", "name": name, "month": month.first.isoformat()[:7]}
    for day in figures.days:
        for what, seconds in day.seconds.items():
            yield {**same, "row": "day", "day": day.day.isoformat(), "what": what, "hours": _hours(seconds)}
    for each in figures.corrections:
        said = {"row": "correction", "day": each.day.isoformat(), "reason": _plain(each.reason)}
        yield {**same, **_line(each.line), **said}
    for line in figures.lines:
        yield {**same, "row": "pay", **_line(line)}
    for currency, total in figures.totals.items():
        yield {**same, "row": "total", "currency": currency, "amount": str(money.decimal(total, currency))}


def _line(line: Line) -> dict[str, str]:
    found = {"what": line.what}
    found |= {"count": str(line.quantity)} if line.what == DECISIONS else {"hours": _hours(line.quantity)}
    if line.currency is None:
        return found
    rate = "" if line.rate is None else str(money.decimal(line.rate, line.currency))
    return {**found, "rate": rate, "currency": line.currency, "amount": str(money.decimal(line.amount, line.currency))}


def _hours(seconds: int) -> str:
    """With four places: a second is 0.0003."""
    return str((Decimal(seconds) / 3600).quantize(Decimal("0.0001")))


def _plain(text: str) -> str:
    """What somebody typed never is a formula of a spreadsheet."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text
