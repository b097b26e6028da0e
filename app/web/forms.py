"""Reading forms: text as it was typed, bounded, with one kind of line end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Final

from flask import request

from app.paging import LARGEST

LONGEST_NUMBER: Final = 19
"""Figures."""


def text(name: str, most: int = 10_000) -> str:
    """A field's text. Browsers send CRLF for a line break, whatever was typed."""
    return request.form.get(name, "")[:most].replace("\r\n", "\n").replace("\0", "")


def line(name: str, most: int = 500) -> str:
    """A field of one line, trimmed."""
    return " ".join(text(name, most).split())


def number(name: str, figures: int = LONGEST_NUMBER) -> int | None:
    """A whole number of at most so many figures; None for what is none, and for what no row can have."""
    return as_number(line(name, 100), figures)


def number_if_any(name: str, figures: int = LONGEST_NUMBER) -> int | None:
    """The same; None only where nothing was given. Raises ValueError for what is no such number."""
    typed = line(name, 100)
    found = as_number(typed, figures)
    if typed and found is None:
        raise ValueError(typed)
    return found


def asked_number(name: str) -> int | None:
    """A whole number of the page's address."""
    return as_number(request.args.get(name, ""))


def as_number(typed: str, figures: int = LONGEST_NUMBER) -> int | None:
    """The same of text, as of one of several boxes. Figures are those of ASCII."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= figures):
        return None
    found = int(typed)
    return found if found <= LARGEST else None


def as_decimal(typed: str) -> float | str:
    """A number with a point or a comma; what is none stays as it is, for whoever refuses it to name it."""
    text = typed.replace(",", ".")
    return float(text) if text.isascii() and text.replace(".", "", 1).isdigit() else typed


def ticked(name: str) -> bool:
    """Whether a box is ticked."""
    return request.form.get(name) == "1"


def secret(name: str) -> str:
    """A password, exactly as it was typed; more than 1,000 characters are nobody's."""
    return request.form.get(name, "")[:1000]


def moment(name: str) -> datetime | None:
    """A date with a time, UTC; None where none was given. Raises ValueError for what is none."""
    typed = line(name, 40)
    return datetime.fromisoformat(typed).replace(tzinfo=UTC) if typed else None


def end_of_day(name: str) -> datetime | None:
    """The midnight after a day, UTC; None where none was given. Raises ValueError for what is no day."""
    day = line(name, 10)
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), UTC) if day else None
    except OverflowError as error:
        raise ValueError(day) from error
