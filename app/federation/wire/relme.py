"""Links of a page that say `rel=me`: what they lead to is the same person's (microformats.org/wiki/rel-me).

A page is a stranger's megabyte, so nothing here goes over it more than once. What stands in scripts, comments and
other text that no browser shows as a link is no link: there, others than the page's owner may have written.
"""

from __future__ import annotations

import html as stdlib_html
import re

MOST_TAGS = 50_000
LONGEST_TAG = 4096
_LINKS = frozenset(("a", "area", "link"))
_COMMENT_END = re.compile("-->")
_TEXT_ONLY = {
    name: re.compile(f"</{name}", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "textarea", "title", "template", "noscript", "iframe", "xmp", "noembed", "noframes")
}
"""What shows no links, with its end."""
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]{0,30})((?:[\s/](?:[^<>\"']|\"[^\"]*\"|'[^']*')*+)?)>")
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?")


def links(page: str) -> frozenset[str]:
    """Where its `rel=me` links lead, as written, without spaces around."""
    found: set[str] = set()
    position = page.find("<")
    for _ in range(MOST_TAGS):
        if position < 0:
            break
        if page.startswith("<!--", position):
            position = _behind(page, _COMMENT_END, position + 4)
        elif (match := _TAG.match(page, position, position + LONGEST_TAG)) is None:
            position += 1
        else:
            name, position = match[1].lower(), match.end()
            if name in _LINKS:
                found |= _me(match[2])
            elif name in _TEXT_ONLY:
                position = _behind(page, _TEXT_ONLY[name], position)
        position = page.find("<", position) if position >= 0 else -1
    return frozenset(found)


def _behind(page: str, end: re.Pattern[str], position: int) -> int:
    """The place after the next `end`; -1 where there is none: the rest is no markup."""
    match = end.search(page, position)
    return match.end() if match is not None else -1


def _me(attributes: str) -> set[str]:
    given: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(attributes):
        given.setdefault(match[1].lower(), match[2] or match[3] or match[4] or "")
    if "me" not in given.get("rel", "").lower().split():
        return set()
    return {stdlib_html.unescape(given.get("href", "")).strip()} - {""}
