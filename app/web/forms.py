"""Reading forms: text as it was typed, bounded, with one kind of line end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from flask import request


def text(name: str, most: int = 10_000) -> str:
    """A field's text. Browsers send CRLF for a line break, whatever was typed."""
    return request.form.get(name, "")[:most].replace("\r\n", "\n").replace("\0", "")


def line(name: str, most: int = 500) -> str:
    """A field of one line, trimmed."""
    return " ".join(text(name, most).split())


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
