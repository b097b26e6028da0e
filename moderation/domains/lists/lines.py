"""Lists that go line by line: bare domains, CSV with any header, JSON objects."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moderation.domains.lists.values import Form, Row

LINES: Final = 200_000
LINE_CHARACTERS: Final = 20_000
CELL_LINES: Final = 20
"""A quoted cell may go on over so many lines; an open quote doesn't swallow the rest of a list."""
ALIASES: Final[Mapping[str, str]] = {
    "instance": "domain",
    "host": "domain",
    "hostname": "domain",
    "server": "domain",
    "comment": "public_comment",
    "reason": "public_comment",
    "public_reason": "public_comment",
    "note": "private_comment",
    "notes": "private_comment",
    "private_note": "private_comment",
    "private_reason": "private_comment",
    "action": "severity",
    "level": "severity",
}
"""Names of columns met in the wild, for those of Mastodon's export."""
_BARE: Final = ("domain", "severity")


def form(text: str) -> Form:
    """Which of the three a text is, by its first line that says something."""
    for raw in text.removeprefix("\ufeff").splitlines():
        line = raw.strip()
        if line.startswith("{"):
            return Form.JSON_LINES
        if _header(line) is not None:
            return Form.CSV
        if line and not line.startswith("#"):
            return Form.CSV if "," in line else Form.PLAIN
    return Form.PLAIN


def rows(text: str) -> Iterator[Row]:
    """Each row's place and fields."""
    header: _Header | None = None
    for number, line in _whole_lines(text):
        if number > LINES or len(line) > LINE_CHARACTERS:
            yield Row(number, line, f"too long: {LINES} lines of {LINE_CHARACTERS} characters at most")
            if number > LINES:
                return
        elif line.startswith("{"):
            yield Row(number, line, _object(line))
        elif header is None and (found := _header(line)) is not None:
            header = found
        elif not line.startswith("#"):
            yield Row(number, line, _cells(line, header or _Header(_BARE, ",")))


def columns(text: str) -> Sequence[str]:
    """The names of a CSV's columns, as they are understood here."""
    for raw in text.removeprefix("\ufeff").splitlines():
        if raw.strip():
            found = _header(raw.strip())
            return found.names if found is not None else ()
    return ()


class _Header:
    def __init__(self, names: Sequence[str], delimiter: str) -> None:
        self.names, self.delimiter = names, delimiter


def _whole_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines that say something; one with an open quote goes on with those after it, if the quote closes soon."""
    raw = text.removeprefix("\ufeff").splitlines()
    at = 0
    while at < len(raw):
        number, line = at + 1, raw[at].strip()
        at += 1
        if line.count('"') % 2 and not line.startswith("{"):
            joined = line
            for ahead in range(at, min(at + CELL_LINES, len(raw))):
                joined += "\n" + raw[ahead].rstrip()
                if joined.count('"') % 2 == 0:
                    line, at = joined, ahead + 1
                    break
        if line:
            yield number, line


def _header(line: str) -> _Header | None:
    for delimiter in (",", ";", "\t"):
        names = [_name(each) for each in line.split(delimiter)]
        if "domain" in names and (len(names) > 1 or line.strip().lower().lstrip("#").strip() in ("domain", "instance")):
            return _Header(names, delimiter)
    return None


def _name(cell: str) -> str:
    name = cell.strip().strip('"').lstrip("#").strip().lower().replace(" ", "_").replace("-", "_")
    return ALIASES.get(name, name)


def _cells(line: str, header: _Header) -> Mapping[str, Any] | str:
    try:
        cells = next(csv.reader([line], strict=True, delimiter=header.delimiter))
    except (csv.Error, StopIteration):
        return "not a line of CSV"
    if len(cells) > len(header.names):
        return f"{len(cells)} fields where {len(header.names)} are expected"
    named = zip(header.names, (cell.strip() for cell in cells), strict=False)
    return {name: cell for name, cell in named if cell or name == "domain"}


def _object(line: str) -> Mapping[str, Any] | str:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return "not a line of JSON"
    return found if isinstance(found, dict) else "not a JSON object"
