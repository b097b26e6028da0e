"""What a scope lets a program do, in words for the person who is asked."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as lazy

_BROAD = {
    "read": lazy("Read everything that you can read, your settings and private messages too"),
    "write": lazy("Post, edit and delete in your name, and change your profile"),
    "follow": lazy("Follow, block and mute in your name"),
    "push": lazy("Send notifications to your device"),
    "profile": lazy("Know your name and profile"),
    "admin:read": lazy("Read what the moderation team reads"),
    "admin:write": lazy("Decide what the moderation team decides"),
}
_THINGS = {
    "accounts": lazy("accounts"),
    "blocks": lazy("blocks"),
    "bookmarks": lazy("bookmarks"),
    "canonical_email_blocks": lazy("blocked addresses"),
    "conversations": lazy("conversations"),
    "domain_allows": lazy("allowed domains"),
    "domain_blocks": lazy("blocked domains"),
    "email_domain_blocks": lazy("blocked mail domains"),
    "favourites": lazy("favourites"),
    "filters": lazy("filters"),
    "follows": lazy("follows"),
    "ip_blocks": lazy("blocked addresses of machines"),
    "lists": lazy("lists"),
    "media": lazy("media"),
    "mutes": lazy("mutes"),
    "notifications": lazy("notifications"),
    "reports": lazy("reports"),
    "search": lazy("searches"),
    "statuses": lazy("posts"),
}


def describe(scopes: str) -> list[tuple[str, str, bool]]:
    """For each scope: its name, what it allows, and whether it is a grave one."""
    return [(name, _words(name), name.startswith("admin")) for name in scopes.split()]


def _words(name: str) -> str:
    if name in _BROAD:
        return str(_BROAD[name])
    way, _colon, thing = name.rpartition(":")
    what = str(_THINGS.get(thing, thing))
    if way == "read":
        return str(_("Read: %(what)s", what=what))
    if way == "write":
        return str(_("Change: %(what)s", what=what))
    if way == "admin:read":
        return str(_("Read as a moderator: %(what)s", what=what))
    return str(_("Change as a moderator: %(what)s", what=what))
