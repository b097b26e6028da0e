"""Announcements as Mastodon's clients know them. Pure."""

from __future__ import annotations

from typing import Any

from app.accounts import lookup
from app.announcements import signs
from app.announcements.reading import Announcement, Reaction
from app.emojis import showing
from app.federation.wire import sanitise
from app.mastodon.serialise.emojis import emojis
from app.mastodon.serialise.times import instant, instant_or_none
from app.settings import Settings
from moderation import hashtags


def announcement(one: Announcement, settings: Settings) -> dict[str, Any]:
    """An Announcement."""
    row = one.row
    return {
        "id": str(row.id),
        "content": sanitise.clean(row.content),
        "starts_at": None,
        "ends_at": instant_or_none(row.ends_at),
        "all_day": False,
        "published_at": instant(row.shown_from),
        "updated_at": instant(row.made_at),
        "read": one.read,
        "mentions": [
            {
                "id": str(actor.id),
                "username": actor.username,
                "url": actor.url or actor.uri,
                "acct": lookup.acct_of(actor),
            }
            for actor in one.people
        ],
        "statuses": [],
        "tags": [{"name": tag, "url": settings.url(hashtags.path(tag))} for tag in row.tags],
        "emojis": emojis(showing.of_text(settings, row.text), settings),
        "reactions": [said for each in one.reactions if (said := reaction(each, settings)) is not None],
    }


def reaction(one: Reaction, settings: Settings) -> dict[str, Any] | None:
    """A Reaction; None for an emoji of the house that it doesn't have any more."""
    said = {"name": one.name, "count": one.count, "me": one.mine}
    if signs.is_emoji(one.name):
        return said
    found = emojis(showing.of_text(settings, f":{one.name}:"), settings)
    return said | {"url": found[0]["url"], "static_url": found[0]["static_url"]} if found else None
