"""The instance as Mastodon's clients know it, in the first and the second version of that entity. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from app.instance.counts import Counts
from app.instance.house import House
from app.mastodon.serialise.accounts import HEADER
from app.media.shapes import MOST_PIXELS
from app.posts import compose, pins
from app.relationships import featured
from app.settings import Registration, Settings
from app.uploads import keeping, taking
from app.uploads.recordings import kinds, probing
from app.uploads.recordings import taking as recordings
from app.version import VERSION as OURS

SPEAKS = "4.5.0"
"""The version of Mastodon whose API this is; clients choose what they ask for by it."""
API_VERSION = 7
"""Mastodon's number of what it can do: 7 came with 4.5. Clients show quotes from it on."""
VERSION = f"{SPEAKS} (compatible; Ostiary {OURS})"
CHARACTERS_PER_URL = 23


@dataclass(frozen=True)
class Facts:
    """What the entities are made of."""

    settings: Settings
    house: House
    counts: Counts
    registration: Registration
    rules: list[dict[str, Any]]
    contact: orjson.Fragment | None
    push_key: str
    limited: bool = False
    """Whether only named servers are dealt with."""
    closed_words: str | None = None
    """What is said where one can't simply sign up, as HTML; None where one can."""
    closed_helps: bool = False
    """Whether the page for signing up offers something all the same."""

    @property
    def open(self) -> bool:
        """Whether anybody may ask for an account."""
        return self.closed_words is None


def first(facts: Facts) -> dict[str, Any]:
    """V1::Instance."""
    settings, house = facts.settings, facts.house
    return {
        "uri": settings.domain,
        "title": house.title,
        "short_description": house.description,
        "description": house.description,
        "email": house.contact_email,
        "version": VERSION,
        "urls": {"streaming_api": settings.stream_url},
        "stats": {
            "user_count": facts.counts.members,
            "status_count": facts.counts.posts,
            "domain_count": facts.counts.domains,
        },
        "thumbnail": settings.url(HEADER),
        "languages": list(house.languages),
        "registrations": facts.open,
        "approval_required": facts.registration is Registration.APPROVAL,
        "invites_enabled": facts.registration is Registration.INVITE,
        "configuration": configuration(),
        "contact_account": facts.contact,
        "rules": facts.rules,
    }


def second(facts: Facts) -> dict[str, Any]:
    """Instance."""
    settings, house = facts.settings, facts.house
    return {
        "domain": settings.domain,
        "title": house.title,
        "version": VERSION,
        "source_url": settings.url("/about"),
        "description": house.description,
        "usage": {"users": {"active_month": facts.counts.active_month}},
        "thumbnail": {"url": settings.url(HEADER), "blurhash": None, "versions": {}},
        "icon": [],
        "languages": list(house.languages),
        "configuration": {
            "urls": {
                "streaming": settings.stream_url,
                "status": None,
                "about": settings.url("/about"),
                "privacy_policy": settings.url("/privacy"),
                "terms_of_service": settings.url("/terms"),
            },
            "vapid": {"public_key": facts.push_key},
            **configuration(),
            "translation": {"enabled": facts.settings.translate_url is not None},
            "timelines_access": _timelines_access(settings),
            "limited_federation": facts.limited,
        },
        "registrations": {
            "enabled": facts.open,
            "approval_required": facts.registration is Registration.APPROVAL,
            "reason_required": facts.registration is Registration.APPROVAL,
            "message": facts.closed_words,
            "min_age": None,
            "url": settings.url("/sign-up") if facts.closed_helps else None,
        },
        "api_versions": {"mastodon": API_VERSION},
        "contact": {"email": house.contact_email, "account": facts.contact},
        "rules": facts.rules,
    }


def _timelines_access(settings: Settings) -> dict[str, dict[str, str]]:
    """Who may read what without a follow: a house in secure mode shows strangers nothing."""
    access = "authenticated" if settings.secure_mode else "public"
    feeds = ("live_feeds", "hashtag_feeds", "trending_link_feeds")
    return {feed: {"local": access, "remote": access} for feed in feeds}


def configuration() -> dict[str, Any]:
    """Limits. Films and sounds are taken where FFmpeg can make them anew."""
    played = kinds.are_taken()
    return {
        "accounts": {"max_featured_tags": featured.MOST, "max_pinned_statuses": pins.MOST},
        "statuses": {
            "max_characters": compose.MOST_CHARACTERS,
            "max_media_attachments": keeping.MOST,
            "characters_reserved_per_url": CHARACTERS_PER_URL,
        },
        "media_attachments": {
            "supported_mime_types": [*taking.TYPES, *((*kinds.VIDEO_TYPES, *kinds.AUDIO_TYPES) if played else ())],
            "description_limit": taking.LONGEST_DESCRIPTION,
            "image_size_limit": taking.LARGEST_BYTES,
            "image_matrix_limit": MOST_PIXELS,
            "video_size_limit": recordings.LARGEST_BYTES if played else 0,
            "video_frame_rate_limit": probing.HIGHEST_RATE if played else 0,
            "video_matrix_limit": probing.MOST_PIXELS if played else 0,
        },
        "polls": {
            "max_options": compose.MOST_OPTIONS,
            "max_characters_per_option": compose.MOST_OPTION_CHARACTERS,
            "min_expiration": int(compose.SHORTEST_POLL.total_seconds()),
            "max_expiration": int(compose.LONGEST_POLL.total_seconds()),
        },
    }
