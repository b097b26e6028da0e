"""What a page says of itself: OpenGraph (https://ogp.me), else its title and description. Pure.

A page is a stranger's megabyte: only its head is read, once, and nothing of it is more than a line of text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin

from app.federation.wire import sanitise, uris

LONGEST_HEAD = 300_000
"""Characters: what stands behind them isn't read."""
MOST_TAGS = 500
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_URL = 300, 500, 100, 1000
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")


@dataclass(frozen=True, slots=True)
class Preview:
    """Lines of plain text, each within bounds; no title, no preview."""

    title: str
    description: str = ""
    site: str = ""
    author: str = ""
    language: str | None = None
    picture_url: str | None = None
    picture_description: str = ""

    @property
    def text(self) -> str:
        """All that a reader would see."""
        lines = (self.title, self.description, self.site, self.author, self.picture_description)
        return "\n".join(line for line in lines if line)


def read(page: str, url: str) -> Preview | None:
    """What the page that came from `url` says; None where it gives itself no title."""
    head = _Head()
    head.feed(page[:LONGEST_HEAD])
    head.close()
    said = head.said
    title = _line(said.get("og:title") or said.get("twitter:title") or head.title, LONGEST_TITLE)
    if not title:
        return None
    description = said.get("og:description") or said.get("twitter:description") or said.get("description") or ""
    return Preview(
        title,
        _line(description, LONGEST_DESCRIPTION),
        _line(said.get("og:site_name", ""), LONGEST_NAME),
        _author(said),
        _language(said.get("og:locale") or head.language),
        _picture(said.get("og:image:secure_url") or said.get("og:image") or said.get("og:image:url"), url),
        _line(said.get("og:image:alt", ""), LONGEST_DESCRIPTION),
    )


class _Head(HTMLParser):
    """The first of each kind counts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self.title = self.language = ""
        self._titled = self._over = False
        self._tags = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`meta`, `title`, `html`."""
        self._tags += 1
        self._over = self._over or self._tags > MOST_TAGS or tag == "body"
        if self._over:
            return
        given = {name: value or "" for name, value in reversed(attrs)}
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag == "meta":
            name = (given.get("property") or given.get("name") or "").strip().lower()
            if name and given.get("content", "").strip():
                self.said.setdefault(name, given["content"])
        self._titled = tag == "title" and not self.title

    def handle_endtag(self, tag: str) -> None:
        """The head may end without the body's tag."""
        self._titled = False
        self._over = self._over or tag == "head"

    def handle_data(self, data: str) -> None:
        """What stands in the title."""
        if self._titled:
            self.title += data


def _line(text: str, most: int) -> str:
    return sanitise.plain_line(text, most)


def _author(said: dict[str, str]) -> str:
    """A name; an address in its place, as some have it, is none."""
    name = _line(said.get("author") or said.get("article:author") or "", LONGEST_NAME)
    return "" if "://" in name else name


def _language(text: str) -> str | None:
    match = _LANGUAGE.match(text.strip().lower())
    return match[0] if match else None


def _picture(found: str | None, url: str) -> str | None:
    if not found:
        return None
    try:
        whole = urljoin(url, found.strip())
    except ValueError:
        return None
    fits = whole.startswith("https://") and len(whole) <= LONGEST_URL and uris.origin(whole) is not None
    return whole if fits else None
