"""Text that would do harm if a page forgot to escape it, and a reader of pages that sees whether it does."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

_RUNS = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "content")
_NEVER = frozenset({"iframe", "object", "embed", "base", "math", "template", "frame", "applet", "xss"})
TEXT = (
    "{name}-lit\"'><xss onload=evil()><script>evil()</script><img src=x onerror=evil()></textarea></title>{{{{7*7}}}}"
)
LINK = "javascript:evil('{name}-lit')"


def text(name: str) -> str:
    """Something to type into the field of this name. Its name shows where it came out."""
    return TEXT.format(name=name)


def link(name: str) -> str:
    """Something to put where an address belongs."""
    return LINK.format(name=name)


def harm_in(html: str) -> list[str]:
    """What in this page would run, load or send something that we didn't write. Empty when it is well."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.harm


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.harm: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.harm += _harm_of(tag, dict(attrs))
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.harm.append(f"a script: {data[:60]}")
        if "-lit49" in data or "</title>49" in data:
            self.harm.append("a template in a text was run")


OUR_PICTURES = ("https://ostiary.example/media/", "/static/", "/pictures/")


def _harm_of(tag: str, attributes: dict[str, str | None]) -> Iterator[str]:
    if tag in _NEVER:
        yield f"<{tag}>"
    if tag == "script" and not (attributes.get("src") or "").startswith("/static/"):
        yield f"<script> from {attributes.get('src')}"
    if tag == "img" and not (attributes.get("src") or "x").startswith(OUR_PICTURES):
        yield f"a picture from {attributes.get('src')}"
    for name, value in attributes.items():
        if name.startswith("on") or name in ("style", "srcdoc"):
            yield f"{name} on <{tag}>"
        if name in _RUNS and (value or "").strip().lower().startswith(("javascript:", "data:text", "vbscript:")):
            yield f"{name}={value}"
