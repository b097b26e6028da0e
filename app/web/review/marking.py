"""Text with the words that weighed marked in it, and what an edit changed; both escaped, never raw."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.web.review import graphemes
from moderation.values import Span

LONGEST = 10_000
"""Characters of a text that are shown."""
MOST_WORDS = 1500
"""Words of each side that are compared: what is longer is shown one after the other."""
QUIET = 0.3
"""Which part of the heaviest span's weight another must have to be marked."""
_PIECES = re.compile(r"\s+|\S+")


def marked(text: str, spans: Iterable[Span]) -> Markup:
    """The text with <mark> around the spans; overlapping ones are joined, those outside it are left out."""
    shown = text[:LONGEST]
    out, at = Markup(), 0
    for start, end in _joined(_loud(spans), shown):
        out += escape(shown[at:start]) + Markup("<mark>") + escape(shown[start:end]) + Markup("</mark>")
        at = end
    out += escape(shown[at:])
    return out + Markup("…") if len(text) > LONGEST else out


def changed(before: str, after: str) -> Markup:
    """What an edit changed, word by word, with <del> and <ins>."""
    old, new = _PIECES.findall(before[:LONGEST]), _PIECES.findall(after[:LONGEST])
    if max(len(old), len(new)) > 2 * MOST_WORDS:
        return _tag("del", before[:LONGEST]) + Markup("\n") + _tag("ins", after[:LONGEST])
    return _differences(old, new)


def _differences(old: Sequence[str], new: Sequence[str]) -> Markup:
    out = Markup()
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=True)
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            out += escape("".join(old[i1:i2]))
            continue
        out += _tag("del", "".join(old[i1:i2])) + _tag("ins", "".join(new[j1:j2]))
    return out


def _tag(name: str, text: str) -> Markup:
    if not text:
        return Markup()
    said = _("taken out:") if name == "del" else _("added:")
    spoken = Markup('<span class="sr">{} </span>').format(said)
    return Markup(f"<{name}>") + spoken + escape(text) + Markup(f"</{name}>")  # noqa: S704 - `name` is del or ins


def _loud(spans: Iterable[Span]) -> list[Span]:
    """Those that weighed: next to the heaviest, the rest is noise that would make every word look guilty."""
    found = list(spans)
    least = QUIET * max((span.weight for span in found), default=0.0)
    return [span for span in found if span.weight >= least]


def _joined(spans: Iterable[Span], text: str) -> list[tuple[int, int]]:
    """In order, no character split; what touches, overlaps or has only white space between becomes one."""
    found: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda each: each.start):
        start, end = max(0, span.start), min(span.end, len(text))
        if start >= end:
            continue
        start, end = graphemes.whole(text, start, end)
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found
