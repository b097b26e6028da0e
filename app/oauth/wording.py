"""What a scope lets a program do, in words for the person who is asked."""

from __future__ import annotations

from flask_babel import gettext as _


def describe(scopes: str) -> list[tuple[str, str, bool]]:
    """For each scope: its name, what it allows, and whether it is a grave one."""
    return [(name, _words(name), name.startswith("admin")) for name in scopes.split()]


def _words(name: str) -> str:
    broad = _broad()
    if name in broad:
        return broad[name]
    way, _colon, thing = name.rpartition(":")
    what = _things().get(thing, thing)
    if way == "read":
        return str(_("Read: %(what)s", what=what))
    if way == "write":
        return str(_("Change: %(what)s", what=what))
    if way == "admin:read":
        return str(_("Read as a moderator: %(what)s", what=what))
    return str(_("Change as a moderator: %(what)s", what=what))


def _broad() -> dict[str, str]:
    return {
        "read": _("Read everything that you can read, your settings and private messages too"),
        "write": _("Post, edit and delete in your name, and change your profile"),
        "follow": _("Follow, block and mute in your name"),
        "push": _("Send notifications to your device"),
        "profile": _("Know your name and profile"),
        "admin:read": _("Read what the moderation team reads"),
        "admin:write": _("Decide what the moderation team decides"),
    }


def _things() -> dict[str, str]:
    return {
        "accounts": _("accounts"),
        "blocks": _("blocks"),
        "bookmarks": _("bookmarks"),
        "canonical_email_blocks": _("blocked addresses"),
        "conversations": _("conversations"),
        "domain_allows": _("allowed domains"),
        "domain_blocks": _("blocked domains"),
        "email_domain_blocks": _("blocked mail domains"),
        "favourites": _("favourites"),
        "filters": _("filters"),
        "follows": _("follows"),
        "ip_blocks": _("blocked addresses of machines"),
        "lists": _("lists"),
        "media": _("media"),
        "mutes": _("mutes"),
        "notifications": _("notifications"),
        "reports": _("reports"),
        "search": _("searches"),
        "statuses": _("posts"),
    }
