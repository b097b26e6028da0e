"""Polls as Mastodon's clients know them: https://docs.joinmastodon.org/entities/Poll/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.emojis import showing
from app.mastodon.serialise.emojis import emojis
from app.mastodon.serialise.times import instant_or_none
from app.polls import shown
from app.posts.reading import PostView
from app.settings import Settings


def poll(view: PostView, now: datetime, settings: Settings) -> dict[str, Any] | None:
    """A Poll; null where the post has none. A poll has its post's id. A stranger hasn't voted, and isn't told so."""
    seen = shown.of(view, now)
    if seen is None:
        return None
    entity: dict[str, Any] = {
        "id": str(seen.post_id),
        "expires_at": instant_or_none(seen.ends_at),
        "expired": seen.over,
        "multiple": seen.multiple,
        "votes_count": seen.votes,
        "voters_count": seen.voters,
        "options": [{"title": option.title, "votes_count": option.votes} for option in seen.options],
        "emojis": emojis(showing.of_poll(settings, view.shown.post), settings),
    }
    if view.viewer_id is not None:
        entity |= {"voted": seen.voted, "own_votes": list(seen.own_votes)}
    return entity
