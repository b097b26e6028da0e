"""Announcements as Mastodon's clients know them. Pure."""

from __future__ import annotations

from typing import Any

from app.accounts import lookup
from app.announcements.reading import Announcement, Reaction
from app.federation.wire import sanitise
from app.mastodon.serialise.times import instant, instant_or_none
from app.settings import Settings


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
        "tags": [{"name": tag, "url": settings.url(f"/tags/{tag.lower()}")} for tag in row.tags],
        "emojis": [],
        "reactions": [reaction(each) for each in one.reactions],
    }


def reaction(one: Reaction) -> dict[str, Any]:
    """A Reaction."""
    return {"name": one.name, "count": one.count, "me": one.mine}
