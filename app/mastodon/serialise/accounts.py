"""Accounts as Mastodon's clients know them. Pure: rows in, values out.

Pictures from elsewhere are never linked to: a client would show its address to whoever hosts them. They are given out
from here (`app.media`); who has none has the house's stand-in.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from app.accounts import lookup, profile_content
from app.accounts.tables import AccountRow, ActorKind, ActorRow, Role
from app.emojis import showing
from app.federation.wire import sanitise
from app.mastodon.serialise.emojis import emojis
from app.mastodon.serialise.recent import Recent
from app.mastodon.serialise.times import date_or_none, day, instant
from app.media import shown
from app.posts.terms import QuotePolicy
from app.relationships.featured import Featured
from app.settings import Settings
from moderation import hashtags
from moderation.values import Visibility

AVATAR = "/pictures/avatar.png"
HEADER = "/pictures/header.png"
VISIBILITY = {
    Visibility.PUBLIC: "public",
    Visibility.UNLISTED: "unlisted",
    Visibility.FOLLOWERS: "private",
    Visibility.DIRECT: "direct",
}
_recent: Recent[tuple[object, ...], orjson.Fragment] = Recent(2000)


def account(actor: ActorRow, settings: Settings) -> orjson.Fragment:
    """An Account, rendered once for each state of its actor."""
    key = (
        actor.id, settings.base_url, actor.username, actor.display_name, actor.summary, str(actor.fields),
        actor.locked, actor.bot, actor.kind, actor.discoverable, actor.indexable, actor.memorial, actor.hides_follows,
        actor.url, actor.avatar_url, actor.header_url, str(actor.emojis), actor.suspended_at, actor.silenced_at,
        actor.domain_silenced, actor.domain_filters, actor.followers_count, actor.following_count, actor.posts_count,
        actor.last_post_at, tuple(showing.local_of_actor(settings, actor)) if actor.local else (),
    )  # fmt: skip
    return _recent.get(key, lambda: orjson.Fragment(orjson.dumps(plain(actor, settings))))


def moved(actor: ActorRow, target: ActorRow, settings: Settings) -> dict[str, Any]:
    """The Account of somebody who moved, with where to; that one's own redirect isn't followed further."""
    return plain(actor, settings) | {"moved": plain(target, settings)}


def plain(actor: ActorRow, settings: Settings) -> dict[str, Any]:
    """The same as a dictionary."""
    gone = actor.suspended_at is not None
    avatar, header = shown.avatar(settings, actor), shown.header(settings, actor)
    still = shown.avatar(settings, actor, shown.STATIC), shown.header(settings, actor, shown.STATIC)
    entity: dict[str, Any] = {
        "id": str(actor.id),
        "username": actor.username,
        "acct": lookup.acct_of(actor),
        "display_name": "" if gone else actor.display_name,
        "locked": actor.locked,
        "bot": actor.bot or actor.kind in (ActorKind.SERVICE, ActorKind.APPLICATION),
        "discoverable": False if gone else actor.discoverable,
        "indexable": False if gone else actor.indexable,
        "group": actor.kind is ActorKind.GROUP,
        "created_at": day(actor.published_at or actor.created_at),
        "note": "" if gone else sanitise.clean(actor.summary),
        "url": actor.url or actor.uri,
        "uri": actor.uri,
        "avatar": avatar or settings.url(AVATAR),
        "avatar_static": still[0] or settings.url(AVATAR),
        "header": header or settings.url(HEADER),
        "header_static": still[1] or settings.url(HEADER),
        "followers_count": actor.followers_count,
        "following_count": actor.following_count,
        "statuses_count": actor.posts_count,
        "last_status_at": date_or_none(actor.last_post_at),
        "hide_collections": actor.hides_follows,
        "noindex": not actor.discoverable,
        "emojis": [] if gone else emojis(showing.of_actor(settings, actor), settings),
        "roles": [],
        "fields": [] if gone else fields(actor),
    }
    if gone:
        entity["suspended"] = True
    if actor.memorial:
        entity["memorial"] = True
    if actor.silenced_at is not None or actor.domain_silenced:
        entity["limited"] = True
    return entity


def fields(actor: ActorRow) -> list[dict[str, Any]]:
    """The profile's table; `verified_at` since its link is known to lead back."""
    return [
        {
            "name": field.get("name", ""),
            "value": sanitise.clean(field.get("value", "")),
            "verified_at": _verified_at(field),
        }
        for field in actor.fields
    ]


def _verified_at(field: dict[str, str]) -> str | None:
    at = field.get("verified_at")
    return instant(datetime.fromisoformat(at)) if at else None


def credentials(account_row: AccountRow, actor: ActorRow, settings: Settings, requests: int) -> dict[str, Any]:
    """A CredentialAccount: one's own, with what was typed; `requests` wait to follow."""
    entity = plain(actor, settings)
    own = profile_content.pending(actor) or profile_content.shown(actor)
    verified = {field["value"]: _verified_at(field) for field in actor.fields}
    entity["source"] = {
        "privacy": VISIBILITY[Visibility(account_row.default_visibility)],
        "sensitive": account_row.default_sensitive,
        "language": account_row.default_language,
        "quote_policy": _known_quote_policy(account_row.default_quote_policy),
        "note": own.summary_source,
        "fields": [
            {"name": name, "value": typed(value), "verified_at": verified.get(value)} for name, value in own.fields
        ],
        "follow_requests_count": requests,
        "hide_collections": False,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "attribution_domains": list(actor.attribution_domains or ()),
    }
    entity["attribution_domains"] = list(actor.attribution_domains or ())
    entity["role"] = role(account_row.role)
    return entity


def profile(actor: ActorRow, settings: Settings, featured_tags: list[dict[str, Any]]) -> dict[str, Any]:
    """A Profile: what its owner edits, as typed. A page of what is shown can't be chosen here: all of it is."""
    own = profile_content.pending(actor) or profile_content.shown(actor)
    verified = {field["value"]: _verified_at(field) for field in actor.fields}
    return {
        "id": str(actor.id),
        "display_name": own.display_name,
        "note": own.summary_source,
        "fields": [
            {"name": name, "value": typed(value), "verified_at": verified.get(value)} for name, value in own.fields
        ],
        "avatar": shown.avatar(settings, actor),
        "avatar_static": shown.avatar(settings, actor, shown.STATIC),
        "avatar_description": "",
        "header": shown.header(settings, actor),
        "header_static": shown.header(settings, actor, shown.STATIC),
        "header_description": "",
        "locked": actor.locked,
        "bot": actor.bot,
        "hide_collections": actor.hides_follows,
        "discoverable": actor.discoverable,
        "indexable": actor.indexable,
        "show_media": True,
        "show_media_replies": True,
        "show_featured": True,
        "attribution_domains": list(actor.attribution_domains or ()),
        "featured_tags": featured_tags,
    }


def featured_tag(one: Featured, settings: Settings) -> dict[str, Any]:
    """A FeaturedTag."""
    return {
        "id": str(one.id),
        "name": one.name,
        "url": settings.url(hashtags.path(one.tag)),
        "statuses_count": str(one.posts),
        "last_status_at": date_or_none(one.last_post_at),
    }


def _known_quote_policy(policy: str) -> str:
    """In words that every client knows: who wants to be asked first would rather not be quoted than not be asked."""
    return QuotePolicy.NOBODY.value if policy == QuotePolicy.MANUAL.value else policy


def typed(value: str) -> str:
    """A field's value as it was typed: the text without its tags."""
    return sanitise.text_of(value)


# Mastodon's bits: administrator 1, reports 1 << 4, federation 1 << 5, users 1 << 10.
_PERMISSIONS = {Role.ADMIN: 1, Role.LEAD: 1 << 4 | 1 << 5 | 1 << 10, Role.MODERATOR: 1 << 4 | 1 << 10}


def role(which: Role) -> dict[str, Any]:
    """A Role; a member's has no name, as Mastodon has it. Nobody's is shown on their profile."""
    staff = lookup.is_staff(which)
    return {
        "id": str(list(Role).index(which)) if staff else "-99",
        "name": which.value if staff else "",
        "permissions": str(_PERMISSIONS.get(which, 0)),
        "color": "",
        "highlighted": False,
    }
