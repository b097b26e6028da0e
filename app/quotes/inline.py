"""The line `RE: <link>` by which those who know no quotes learn of one; left out where the quote itself is shown."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape, unescape

_LINE = re.compile(r'<p class="quote-inline">(?:(?!</?p[ >]).)*</p>', re.DOTALL)
_HREF = re.compile(r'href="([^"]*)"')


def line(url: str) -> str:
    """The line, as HTML."""
    link = escape(url)
    return f'<p class="quote-inline">RE: <a href="{link}">{link}</a></p>'


def without(html: str, urls: Collection[str | None]) -> str:
    """Cleaned HTML without the lines that lead to one of these addresses, and nowhere else: whatever else an author
    calls so is shown.
    """
    if "quote-inline" not in html:
        return html
    return _LINE.sub(lambda found: "" if _leads_to(found[0], urls) else found[0], html)


def _leads_to(paragraph: str, urls: Collection[str | None]) -> bool:
    links = [unescape(href) for href in _HREF.findall(paragraph)]
    return bool(links) and all(link in urls for link in links)
