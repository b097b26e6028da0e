"""What a device shows: who did what, and the beginning of a post, unless it has a warning, then that alone."""

from __future__ import annotations

from collections.abc import Collection

from app.accounts import imitating
from app.accounts.tables import ActorRow
from app.federation.wire import sanitise
from app.notifications.languages import Translate
from app.notifications.reading import NotificationView
from app.notifications.tables import NotificationKind as Kind

LONGEST = 140


def title(view: NotificationView, _: Translate, ours: Collection[str] = ()) -> str:
    """Who did what. `ours` is what the house is called: nobody passes for it on a lock screen."""
    said = {
        Kind.MENTION: _("%(name)s wrote to you"),
        Kind.STATUS: _("%(name)s posted"),
        Kind.BOOST: _("%(name)s boosted your post"),
        Kind.LIKE: _("%(name)s likes your post"),
        Kind.FOLLOW: _("%(name)s follows you"),
        Kind.FOLLOW_REQUEST: _("%(name)s asks to follow you"),
        Kind.POLL: _("A poll is over"),
        Kind.UPDATE: _("%(name)s changed a post"),
        Kind.QUOTE: _("%(name)s quoted you"),
        Kind.QUOTED_UPDATE: _("%(name)s changed a post that you quoted"),
        Kind.SIGN_UP: _("%(name)s signed up"),
        Kind.REPORT: _("A report came in"),
        Kind.MODERATION_WARNING: _("A decision about you"),
        Kind.SEVERED: _("Follows ended with another server"),
    }
    if view.row.payload.get("scheduled_id"):
        return _("A scheduled post was not published")
    if view.row.payload.get("plan_id"):
        return _("News of your follows with another server")
    return said.get(view.row.kind, "%(name)s") % {"name": name(view.actor, ours)}


def body(view: NotificationView, _: Translate) -> str:
    """The beginning of the post. Nothing of a report or a decision: lock screens show it."""
    if view.post is None:
        return ""
    post = view.post.post
    if post.warned_of or post.warning:
        return sanitise.plain_line(post.warning, LONGEST) or _("It has a content warning")
    return sanitise.plain_line(sanitise.to_text(post.content), LONGEST)


def name(actor: ActorRow, ours: Collection[str] = ()) -> str:
    """As people call them; by their whole handle who has no name, or one that passes for the house."""
    shown = sanitise.plain_line(actor.display_name, 60)
    if shown and not imitating.imitates(shown, ours):
        return shown
    return f"@{actor.username}" if actor.local else f"@{actor.username}@{actor.domain}"
