"""The Markdown of our own model cards as HTML: headings, paragraphs, tables and code, everything else escaped."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

_CODE = re.compile(r"`([^`]+)`")
_NUMBER = re.compile(r"-?[\d.,]+( ?/ ?[\d.,]+)?( ?%)?")


def render(text: str) -> Markup:
    """HTML of a card. Its headings begin one level lower, below the page's own."""
    blocks = [_block(block.strip("\n")) for block in re.split(r"\n\s*\n", text) if block.strip()]
    return Markup("\n").join(blocks)


def _block(block: str) -> Markup:
    if block.startswith("#"):
        return _heading(block)
    lines = block.split("\n")
    parts = [list(group) for _is_table, group in groupby(lines, key=lambda line: line.startswith("|"))]
    return Markup("\n").join(_table(part) if part[0].startswith("|") else _paragraph(part) for part in parts)


def _heading(block: str) -> Markup:
    first, _newline, rest = block.partition("\n")
    marks, _space, words = first.partition(" ")
    level = min(len(marks) + 1, 6)
    heading = Markup("<h{}>{}</h{}>").format(level, _inline(words), level)
    return heading + _block(rest.strip("\n")) if rest.strip() else heading


def _paragraph(lines: list[str]) -> Markup:
    return Markup("<p>{}</p>").format(_inline(" ".join(lines)))


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    body = [row for row in rows[1:] if not all(set(cell) <= set("-: ") for cell in row)]
    head = Markup("").join(_cell("th", cell, number=i > 0) for i, cell in enumerate(rows[0]))
    shown = Markup("").join(Markup("<tr>{}</tr>").format(Markup("").join(map(_data, row))) for row in body)
    return Markup(
        '<div class="scroll" tabindex="0"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(head, shown)


def _data(cell: str) -> Markup:
    return _cell("td", cell, number=_NUMBER.fullmatch(cell) is not None)


def _cell(tag: str, cell: str, *, number: bool) -> Markup:
    kind = Markup(' class="num"') if number else Markup("")
    return Markup("<{}{}>{}</{}>").format(tag, kind, _inline(cell), tag)


def _inline(text: str) -> Markup:
    pieces = _CODE.split(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if i % 2 else escape(piece) for i, piece in enumerate(pieces)
    )
