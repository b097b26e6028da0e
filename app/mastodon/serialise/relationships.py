"""Relationships as Mastodon's clients know them."""

from __future__ import annotations

from typing import Any

from app.mastodon.serialise.times import instant_or_none
from app.relationships.relations import Relation


def relationship(relation: Relation) -> dict[str, Any]:
    """A Relationship."""
    return {
        "id": str(relation.actor_id),
        "following": relation.following,
        "showing_reblogs": relation.show_boosts if relation.following or relation.requested else False,
        "notifying": relation.notifying,
        "languages": list(relation.languages),
        "followed_by": relation.followed_by,
        "blocking": relation.blocking,
        "blocked_by": relation.blocked_by,
        "muting": relation.muting,
        "muting_notifications": relation.muting_notifications,
        "muting_expires_at": instant_or_none(relation.mute_expires_at),
        "requested": relation.requested,
        "requested_by": relation.requested_by,
        "domain_blocking": relation.shutting,
        "endorsed": relation.endorsed,
        "note": relation.note,
    }
