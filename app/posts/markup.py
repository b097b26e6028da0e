"""What a member typed, as HTML: paragraphs, links, mentions and hashtags; nothing else means anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlsplit

from moderation import hashtags

MOST_MENTIONS = 50
MOST_TAGS = 50
_URL = r"https?://[^\s<>\"'()\[\]{}]+(?:\([^\s<>\"'()]*\)[^\s<>\"'()\[\]{}]*)*"
_MENTION = (
    r"(?<![\w/@.])@(?P<user>[A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_]+)?)(?:@(?P<host>[\w.-]+[\w](?::\d{1,5})?))?"
)
_TAG = rf"(?<![{hashtags.LETTERS}/&#\uff03])[#\uff03](?P<tag>{hashtags.NAME})"
_TOKEN = re.compile(f"(?P<url>{_URL})|(?P<mention>{_MENTION})|(?P<hash>{_TAG})")
_TRAILING = ".,;:!?…'\"»”"
_SHOWN_LENGTH = 30


@dataclass(frozen=True, slots=True)
class Named:
    """An actor whom a handle in the text names."""

    uri: str
    url: str
    username: str


@dataclass(frozen=True, slots=True)
class Written:
    """The HTML, and what was found in the text."""

    html: str
    hashtags: tuple[str, ...]
    links: tuple[str, ...]


def handles(text: str) -> list[str]:
    """The handles that a text names, `name` or `name@domain`, lower-cased, each once, in order."""
    found = (m for m in _TOKEN.finditer(text) if m.group("mention"))
    return list(dict.fromkeys(_handle(m) for m in found))[:MOST_MENTIONS]


def write(text: str, named: Mapping[str, Named], tag_url: Callable[[str], str]) -> Written:
    """Render; handles that name nobody known stay as they were typed."""
    tags: list[str] = []
    links: list[str] = []

    def token(match: re.Match[str]) -> str:
        if match.group("url"):
            return _link(match.group("url"), links)
        if match.group("hash"):
            return _hashtag(match.group("tag"), tags, tag_url)
        person = named.get(_handle(match))
        return _mention(person) if person else escape(match.group(0))

    paragraphs = re.split(r"\n{2,}", text.replace("\r\n", "\n").strip())
    html = "".join(f"<p>{_tokens(p, token)}</p>" for p in paragraphs if p)
    return Written(html, tuple(dict.fromkeys(tags))[:MOST_TAGS], tuple(dict.fromkeys(links)))


def _tokens(paragraph: str, token: Callable[[re.Match[str]], str]) -> str:
    parts, position = [], 0
    for match in _TOKEN.finditer(paragraph):
        parts += [escape(paragraph[position : match.start()]), token(match)]
        position = match.end()
    parts.append(escape(paragraph[position:]))
    return "".join(parts).replace("\n", "<br>")


def _handle(match: re.Match[str]) -> str:
    host = match.group("host")
    return (match.group("user") + (f"@{host}" if host else "")).lower()


def _link(url: str, links: list[str]) -> str:
    bare = url.rstrip(_TRAILING)
    rest = url[len(bare) :]
    try:
        host = urlsplit(bare).hostname
    except ValueError:
        host = None
    if not host:
        return escape(url)
    links.append(bare)
    shown = re.sub(r"^https?://(www\.)?", "", bare)
    short = shown if len(shown) <= _SHOWN_LENGTH else shown[:_SHOWN_LENGTH] + "…"
    attributes = f'href="{escape(bare)}" rel="nofollow noopener noreferrer" title="{escape(bare)}"'
    return f"<a {attributes}>{escape(short)}</a>{escape(rest)}"


def _hashtag(tag: str, tags: list[str], tag_url: Callable[[str], str]) -> str:
    tags.append(tag)
    return f'<a href="{escape(tag_url(tag))}" class="mention hashtag" rel="tag">#<span>{escape(tag)}</span></a>'


def _mention(person: Named) -> str:
    return (
        f'<span class="h-card"><a href="{escape(person.url)}" class="u-url mention">'
        f"@<span>{escape(person.username)}</span></a></span>"
    )
