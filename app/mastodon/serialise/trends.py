"""Trends as Mastodon's clients know them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.cards.shown import Card
from app.mastodon.serialise import cards
from app.settings import Settings
from app.trends.tables import TrendRow
from moderation import hashtags

History = Iterable[tuple[datetime, int, int]]


def tag(row: TrendRow, days: History, settings: Settings) -> dict[str, Any]:
    """A Tag."""
    return named(row.key, row.name or row.key, days, settings)


def named(tag: str, name: str, days: History, settings: Settings) -> dict[str, Any]:
    """The same of any hashtag."""
    history = [
        {"day": str(int(at.timestamp())), "uses": str(uses), "accounts": str(accounts)} for at, uses, accounts in days
    ]
    return {"id": tag, "name": name, "url": settings.url(hashtags.path(tag)), "history": history}


def page_of(row: TrendRow) -> str:
    """The page that a link leads to, as cards name it."""
    return row.key.partition("#")[0]


def link(row: TrendRow, shows: Card | None, settings: Settings) -> dict[str, Any]:
    """A Trends::Link: what its page's card says, or of one without a card its address and nothing else."""
    known = cards.card(shows, settings)
    parts = urlsplit(row.key)
    if known is not None:
        return known | {"url": row.key, "title": known["title"] or _address(row.key), "history": []}
    return {
        "url": row.key,
        "title": _address(row.key),
        "description": "",
        "type": "link",
        "author_name": "",
        "author_url": "",
        "authors": [],
        "provider_name": parts.netloc,
        "provider_url": f"{parts.scheme}://{parts.netloc}",
        "html": "",
        "width": 0,
        "height": 0,
        "image": None,
        "embed_url": "",
        "blurhash": None,
        "history": [],
    }


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path}".rstrip("/")


def reviewed(row: TrendRow) -> dict[str, Any]:
    """What who allows it sees besides."""
    return {"requires_review": row.allowed is None, "trendable": bool(row.allowed), "usable": True}
