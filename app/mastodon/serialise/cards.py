"""A PreviewCard: what a page says of itself, as plain text."""

from __future__ import annotations

from typing import Any

from app.cards.shown import Card
from app.media import shown
from app.settings import Settings


def card(shows: Card | None, settings: Settings) -> dict[str, Any] | None:
    """A PreviewCard; its picture is shown from here, drawn anew, and as large as that. Nothing of the page is ever
    embedded.
    """
    if shows is None:
        return None
    row = shows.row
    picture = None if row.picture_url is None else shown.links(settings).card(row.id, row.picture_url)
    return {
        "url": row.url,
        "title": row.title,
        "description": row.description,
        "language": row.language,
        "type": "link",
        "author_name": row.author,
        "author_url": "",
        "authors": [{"name": row.author, "url": "", "account": None}] if row.author else [],
        "provider_name": shows.site,
        "provider_url": "",
        "html": "",
        "width": shows.width,
        "height": shows.height,
        "image": picture,
        "image_description": row.picture_description,
        "embed_url": "",
        "blurhash": None,
        "published_at": None,
    }
