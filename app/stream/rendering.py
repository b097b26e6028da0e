"""What a reader is sent of an event: fetched for them through the visibility filter, at the moment of delivery.

The channels carry ids alone, so what was removed or blocked meanwhile simply isn't found. Runs in threads; the
rendering is the client API's own, in a small Flask context that has the reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from flask import g
from sqlalchemy import select

from app import bare
from app.accounts.tables import ActorRow
from app.announcements import reading as announcements
from app.conversations import private
from app.errors import NotFoundError
from app.lists.tables import ListRow
from app.mastodon import present, telling
from app.mastodon.serialise.announcements import announcement
from app.notifications import reading as notifications
from app.oauth import tokens
from app.oauth.tokens import Viewer
from app.posts import crowds
from app.posts import reading as posts
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import not_muted
from app.services import Services
from app.stores import events
from app.stream.channels import CONVERSATION, LISTED, NOTIFICATION, PERSONAL, StreamError
from app.stream.hub import Event
from app.timelines import lists

SCOPES = ("read", "read:statuses")
WITHOUT_PAYLOAD = "filters_changed"
"""Clients ask for the filters again; there is nothing to say besides."""
NOTIFICATIONS_MERGED = "notifications_merged"
ASKING = frozenset((NOTIFICATION, CONVERSATION, "update", "status.update", events.ANNOUNCED))
NOTIFICATION_SCOPES = ("read", "read:notifications")


class Rendering:
    """Renders events, and knows who holds a token."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._flask = bare.application(services)

    def viewer(self, token: str) -> Viewer:
        """Who holds it. Raises StreamError for a token that is no good here."""
        with self._services.db.read() as session:
            found = tokens.find(session, token)
        if found is None:
            raise StreamError(401, "Invalid access token")
        if found.trouble is not None or found.account_id is None:
            raise StreamError(403, found.trouble or "This method requires an authenticated user")
        return found

    def has_list(self, viewer: Viewer | None, list_id: int) -> bool:
        """Whether a list is theirs."""
        with self._services.db.read() as session:
            row = session.get(ListRow, list_id)
            return row is not None and viewer is not None and row.account_id == viewer.account_id

    def asks(self, event: Event) -> bool:
        """Whether rendering it asks the database; what doesn't is rendered in no time."""
        return event.kind in ASKING

    def tells_many(self, event: Event, viewer: Viewer | None) -> bool:
        """Whether those who are told at the same moment may be told together: `render_each`."""
        of_post = event.kind in ("update", "status.update") and event.subscription.name[0] != LISTED
        return of_post and viewer is not None and viewer.account_id is not None

    def render(self, event: Event, viewer: Viewer | None) -> str | None:
        """The payload as text; None when it isn't for these eyes, or not any more."""
        if event.kind in ("delete", events.UNANNOUNCED):
            return str(event.payload["id"])
        if event.kind == NOTIFICATION:
            return self._notification(int(event.payload["id"]), viewer)
        if event.kind == CONVERSATION:
            return self._conversation(int(event.payload["id"]), viewer)
        if event.kind in ("update", "status.update"):
            return self._status(event, viewer)
        if event.kind == events.ANNOUNCED:
            return self._announcement(int(event.payload["id"]), viewer)
        if event.kind == events.REACTED:
            return orjson.dumps(event.payload).decode()
        if event.kind == NOTIFICATIONS_MERGED:
            return "1" if _hears_notifications(viewer) else None
        return "" if event.kind == WITHOUT_PAYLOAD else None

    def render_each(self, asked: Sequence[tuple[Event, Viewer]]) -> list[str | None]:
        """The payloads of one post for many, in their order: it is fetched once, as each of them may see it."""
        if len(asked) == 1:
            return [self.render(*asked[0])]
        [public_id] = {int(event.payload["id"]) for event, _ in asked}
        readers = {viewer.account_id: viewer for _, viewer in asked if viewer.account_id is not None}
        with self._services.db.read() as session:
            views = crowds.load(session, public_id, readers, self._services.clock.now())
        seen = {reader: view for reader, view in views.items() if view is not None}
        texts = self._texts(seen, readers)

        def payload(event: Event, viewer: Viewer) -> str | None:
            reader = viewer.account_id
            if reader is None or reader not in views:
                return self.render(event, viewer)
            return texts[reader] if reader in seen and _belongs(event, seen[reader]) else None

        return [payload(event, viewer) for event, viewer in asked]

    def _texts(self, views: Mapping[int, PostView], readers: Mapping[int, Viewer]) -> dict[int, str]:
        """Reader → the post as a status, in their language."""
        texts: dict[int, str] = {}
        for locale in {readers[reader].locale for reader in views}:
            theirs = {reader: view for reader, view in views.items() if readers[reader].locale == locale}
            with self._flask.test_request_context():
                g.locale = locale
                texts |= {
                    reader: orjson.dumps(told).decode() for reader, told in present.status_for_each(theirs).items()
                }
        return texts

    def _status(self, event: Event, viewer: Viewer | None) -> str | None:
        view = self._view(event, viewer.account_id if viewer else None)
        if view is None or not _belongs(event, view):
            return None
        with self._flask.test_request_context():
            self._be(viewer)
            return orjson.dumps(present.status(view)).decode()

    def _view(self, event: Event, account_id: int | None) -> PostView | None:
        """The post as this reader may see it now, nobody whom they mute; of a list, what belongs into it."""
        public_id, now = int(event.payload["id"]), self._services.clock.now()
        with self._services.db.read() as session:
            if account_id is None:
                pk = session.scalar(select(PostRow.pk).where(PostRow.id == public_id))
                return posts.load_one(session, pk, None) if pk is not None else None
            if event.subscription.name[0] == LISTED:
                row = session.get(ListRow, int(event.subscription.name[1]))
                found = lists.load(session, row, [public_id], now) if row and row.account_id == account_id else []
            else:
                found = posts.load_public(session, [public_id], account_id, not_muted(account_id, now))
        return found[0] if found else None

    def _conversation(self, public_id: int, viewer: Viewer | None) -> str | None:
        """The conversation with its last post, as this reader may see it, by nobody whom they mute."""
        if viewer is None or viewer.account_id is None:
            return None
        now = self._services.clock.now()
        with self._services.db.read() as session:
            if not posts.load_public(session, [public_id], viewer.account_id, not_muted(viewer.account_id, now)):
                return None
            found = private.of_post(session, viewer.account_id, public_id)
        if found is None:
            return None
        with self._flask.test_request_context():
            self._be(viewer)
            return orjson.dumps(telling.conversations([found])[0]).decode()

    def _notification(self, notification_id: int, viewer: Viewer | None) -> str | None:
        if viewer is None or viewer.account_id is None or not _hears_notifications(viewer):
            return None
        try:
            with self._services.db.read() as session:
                view = notifications.one(session, viewer.account_id, notification_id)
        except NotFoundError:
            return None
        with self._flask.test_request_context():
            self._be(viewer)
            return orjson.dumps(telling.notification(view)).decode()

    def _announcement(self, number: int, viewer: Viewer | None) -> str | None:
        if viewer is None or viewer.account_id is None:
            return None
        try:
            with self._services.db.read() as session:
                row = announcements.find(session, number, self._services.clock.now())
                [found] = announcements.for_reader(session, [row], viewer.account_id)
        except NotFoundError:
            return None
        return orjson.dumps(announcement(found, self._services.settings)).decode()

    def _be(self, viewer: Viewer | None) -> None:
        g.viewer = viewer
        g.locale = viewer.locale if viewer else "en"


def _belongs(event: Event, view: PostView) -> bool:
    """Whether the post belongs into the stream: with media, where it has but those; of nobody who is silenced, where it
    isn't its reader's own.
    """
    if event.subscription.only_media and not view.post.attachments:
        return False
    return event.subscription.name[0] in (*PERSONAL, LISTED) or not _is_silenced(view.post.actor)


def _is_silenced(actor: ActorRow) -> bool:
    """Whether only those who follow are shown what they post."""
    return actor.silenced_at is not None or actor.domain_silenced


def _hears_notifications(viewer: Viewer | None) -> bool:
    """A token for posts alone hears of posts alone, on whichever stream."""
    return viewer is not None and any(scope in viewer.scopes for scope in NOTIFICATION_SCOPES)


def may_listen(viewer: Viewer | None, stream: str) -> bool:
    """Whether the token's scopes cover the stream."""
    if viewer is None:
        return True
    wanted = NOTIFICATION_SCOPES if stream == "user:notification" else SCOPES
    return any(scope in viewer.scopes for scope in wanted)
