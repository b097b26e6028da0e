"""Custom emojis as Mastodon's clients know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.media import shown
from app.settings import Settings


def emojis(known: Sequence[Mapping[str, str]] | None, settings: Settings) -> list[dict[str, Any]]:
    """CustomEmojis of a post or a profile, shown from here."""
    return [
        {"shortcode": shortcode, "url": url, "static_url": static, "visible_in_picker": False, "category": None}
        for shortcode, (url, static) in shown.emojis(settings, known).items()
    ]
