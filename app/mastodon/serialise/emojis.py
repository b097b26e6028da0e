"""Custom emojis as Mastodon's clients know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.emojis.known import Emoji
from app.media import shown
from app.settings import Settings
from app.uploads import places


def emojis(known: Sequence[Mapping[str, str]] | None, settings: Settings) -> list[dict[str, Any]]:
    """CustomEmojis of a post or a profile, shown from here."""
    return [
        {"shortcode": shortcode, "url": url, "static_url": static, "visible_in_picker": False, "category": None}
        for shortcode, (url, static) in shown.emojis(settings, known).items()
    ]


def house(known: Iterable[Emoji], settings: Settings) -> list[dict[str, Any]]:
    """The house's own, which members choose from."""
    return [
        {
            "shortcode": each.shortcode,
            "url": places.emoji_address(settings, each.key),
            "static_url": places.emoji_address(settings, each.key, shown.STATIC),
            "visible_in_picker": True,
            "category": each.category,
        }
        for each in known
    ]
