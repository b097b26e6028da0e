"""Words for what rules about servers tone down, for formats of lists, and for what becomes of a list's rows."""

from __future__ import annotations

from flask_babel import gettext as _

from moderation.domains.lists.values import Form
from moderation.domains.planning import Change
from moderation.domains.values import Filter


def filters() -> list[tuple[str, str, str]]:
    """Each filter's code, what it does in a few words, and its chip."""
    return [
        (Filter.AVATARS, _("no avatars and banners"), _("no avatars")),
        (Filter.REPLIES, _("nothing to members who don’t know its author"), _("no replies to strangers")),
        (Filter.SENSITIVE, _("all its posts are marked as sensitive, from now on"), _("sensitive")),
        (Filter.UNLISTED, _("its posts stay off public timelines, from now on"), _("off public timelines")),
        (Filter.TRENDS, _("nothing of it trends"), _("no trends")),
        (Filter.PREVIEWS, _("links to it show no preview"), _("no previews")),
        (Filter.BOOSTS, _("what its people boost isn’t taken"), _("no boosts")),
        (Filter.FOLLOWS, _("its people ask before they follow somebody"), _("follows by request")),
    ]


def form(value: Form) -> str:
    """A format of lists."""
    return {
        Form.PLAIN: _("one server a line"),
        Form.CSV: _("CSV, as from Mastodon"),
        Form.JSON_LINES: _("Ostiary’s own lines"),
        Form.DOMAINS: _("JSON, as from GoToSocial or a server’s public list"),
        Form.RAPIDBLOCK: _("RapidBlock’s JSON"),
        Form.SIMPLE_POLICY: _("Akkoma’s simple policies"),
        Form.FEDISEER: _("Fediseer’s JSON"),
        Form.FIRES: _("FIRES records"),
    }[value]


def change(value: Change) -> tuple[str, str]:
    """Chip and words for what becomes of a row."""
    return {
        Change.ADDED: ("in", _("new")),
        Change.CHANGED: ("hold", _("changed")),
        Change.KEPT: ("", _("as it is")),
        Change.CONFLICT: ("out", _("left as it is: the house said otherwise")),
        Change.EXCLUDED: ("", _("never touched by lists")),
    }[value]
