"""HTML from elsewhere: made harmless to show, and turned into the text and links that are judged.

What is judged is derived from what is shown, the cleaned HTML, so that no trick of markup can show a reader what
no check has seen: spans that some themes hide (`invisible`) are in the text as well.
"""

from __future__ import annotations

import html as stdlib_html
import re
from typing import NamedTuple

import nh3

# Parsing takes time quadratic in the nesting; real articles of 80 kB have under a thousand tags.
MAX_TAGS = 4000

_TAGS = set(
    "p br span a del s pre blockquote code b strong u sub sup i em h1 h2 h3 h4 h5 h6 div ul ol li "  # noqa: SIM905
    "ruby rt rp".split()
)
_CLASSES = {"mention", "hashtag", "u-url", "h-card", "ellipsis", "invisible"}
_SCHEMES = {"http", "https", "gemini", "gopher", "xmpp", "magnet"}
_REL = "nofollow noopener noreferrer"

_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"*": {"lang"}, "a": {"href"}, "ol": {"start", "reversed"}, "li": {"value"}},
    allowed_classes={"a": _CLASSES, "span": _CLASSES, "p": {"quote-inline"}},
    tag_attribute_values={"a": {"translate": {"no"}}, "span": {"translate": {"no"}}},
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes=_SCHEMES,
    url_relative="deny",
    link_rel=_REL,
    strip_comments=True,
)

# These work on cleaned HTML only, which is well-formed: quotes are around every value, and escaped within.
_HEADING = re.compile(r"<(/?)h[1-6]>")
_TAG = re.compile(r'<(/?)([a-z0-9]+)(?:\s+[a-z-]+="[^"]*")*\s*/?>')
_ANCHOR = re.compile(r'<a((?:\s+[a-z-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_BLOCKS = frozenset("p br div pre blockquote ul ol li".split())  # noqa: SIM905
_BLANK_LINES = re.compile(r"(?<![ \t])[ \t]*\n\s*\n\s*")  # from a run's start only: else its square is searched

# What the parser would change, or stumble over, in a text without any tags.
_MARKUP = re.compile("[<>&\r\x00\xa0\ud800-\udfff]")
_ANY_TAG = re.compile(r"<[^<>]*>")
_BARE_URL = re.compile(r"https?://[^\s<>\"'`]{1,1900}")
_TRAILING = ".,;:!?)]}…"
# Controls, and the marks that turn the direction of what follows: both can make a name look like another.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Link(NamedTuple):
    """A link as a reader gets it: where it goes and what it reads. `claims` is "mention" or "hashtag" by its class,
    which its author chose; otherwise "".
    """

    href: str
    text: str
    claims: str = ""


class Cleaned(NamedTuple):
    """One piece of HTML: safe to show, as text to judge, and where it leads."""

    html: str
    text: str
    links: tuple[Link, ...]


def clean(html: str) -> str:
    """HTML that can do no harm on our pages: few tags, no styles, no images, absolute links that pass no credit.

    Headings become strong paragraphs. HTML with more than MAX_TAGS tags is shown as its bare text. Cleaning again,
    where it is rendered, changes nothing that is read.
    """
    if not _MARKUP.search(html):
        return html
    if not html.isascii():  # halves of characters, which JSON can spell and UTF-8 can't
        html = html.encode("utf-8", "replace").decode()
    if html.count("<") - html.count("</") > MAX_TAGS:
        html = stdlib_html.escape(stdlib_html.unescape(_ANY_TAG.sub(" ", html)), quote=False)
    cleaned = _CLEANER.clean(html)
    if "<h" in cleaned:
        strong = _HEADING.sub(lambda found: "</strong></p>" if found[1] else "<p><strong>", cleaned)
        if strong != cleaned:  # a heading may have held paragraphs, which a paragraph can't
            cleaned = _CLEANER.clean(strong)
    return cleaned


def clean_all(content: str, content_type: str = "text/html") -> Cleaned:
    """The same with its text and links, parsed once. Plain text and Markdown are shown as they were typed."""
    cleaned = clean(content if content_type == "text/html" else from_plain(content))
    return Cleaned(cleaned, text_of(cleaned), links_of(cleaned))


def to_text(html: str) -> str:
    """What readers see of any HTML, as plain text with line breaks; link targets are in `links`."""
    return text_of(clean(html))


def links(html: str) -> tuple[Link, ...]:
    """The links of any HTML, each once, in order."""
    return links_of(clean(html))


def text_of(cleaned: str) -> str:
    """As `to_text`, of HTML that is clean already."""
    if "<" in cleaned:
        cleaned = _TAG.sub(lambda found: "\n" if found[2] in _BLOCKS else "", cleaned)
        cleaned = _BLANK_LINES.sub("\n", cleaned).strip()
    return stdlib_html.unescape(cleaned) if "&" in cleaned else cleaned


def links_of(cleaned: str) -> tuple[Link, ...]:
    """As `links`, of HTML that is clean already."""
    if "<a" not in cleaned:
        return ()
    found: dict[str, Link] = {}
    for match in _ANCHOR.finditer(cleaned):
        attributes = dict(_ATTRIBUTE.findall(match[1]))
        if href := stdlib_html.unescape(attributes.get("href", "")):
            # Up to the next end, not a pair: tables can bring links inside links past the parser.
            inner = cleaned[match.end() : cleaned.find("</a>", match.end())]
            found.setdefault(href, Link(href, text_of(inner), _claims(attributes.get("class", ""))))
    return tuple(found.values())


def from_plain(text: str) -> str:
    """Plain text as HTML: paragraphs, line breaks, and links where there are URLs."""
    escaped = stdlib_html.escape(text.replace("\r\n", "\n").strip("\n"), quote=False)
    linked = _BARE_URL.sub(_link, escaped)
    paragraphs = (part.replace("\n", "<br>") for part in re.split(r"\n{2,}", linked))
    return "".join(f"<p>{part}</p>" for part in paragraphs)


def plain_line(text: str, limit: int) -> str:
    """A name: one line, without control characters and changes of direction, cut to `limit` characters."""
    return " ".join(_UNSEEN.sub("", text).split())[:limit]


def _link(match: re.Match[str]) -> str:
    url = match[0].rstrip(_TRAILING)
    if not url.partition("://")[2]:
        return match[0]
    return f'<a href="{url}">{url}</a>{match[0][len(url) :]}'


def _claims(classes: str) -> str:
    names = classes.split()
    return "hashtag" if "hashtag" in names else "mention" if "mention" in names else ""
