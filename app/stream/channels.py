"""Mastodon's names of streams, the Redis channels behind them, and what each lets through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.stores import events
from moderation import hashtags

NOTIFICATION = "notification"
CONVERSATION = "conversation"
ONLY_MEDIA = ":media"
"""At the end of a public stream's name: posts with something attached."""
_LONGEST_ID = 18
_TAG_LENGTH = 255


class StreamError(Exception):
    """A stream that can't be listened to: `status` for HTTP, and a text for the client."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(frozen=True, slots=True)
class Subscription:
    """One stream of one listener. `name` says which: `("hashtag", "cats")`.

    `told` is that as the client wrote it, and what events carry, since clients look for their own words.
    """

    name: tuple[str, ...]
    channel: str
    told: tuple[str, ...] = field(default=(), compare=False)

    def wants(self, event: str) -> bool:
        """Whether events of this kind belong into it."""
        kind = self.name[0]
        if kind == "user:notification":
            return event == NOTIFICATION
        if kind == "direct":
            return event == CONVERSATION
        return event != CONVERSATION

    @property
    def only_media(self) -> bool:
        """Whether only posts with something attached belong into it."""
        return self.name[0].endswith(ONLY_MEDIA)


PERSONAL: dict[str, Callable[[int], str]] = {
    "user": events.user_channel,
    "user:notification": events.user_channel,
    "direct": events.direct_channel,
}
_PUBLIC = {
    "public": events.PUBLIC,
    "public:local": events.PUBLIC_LOCAL,
    "public:remote": events.PUBLIC_REMOTE,
}
OPEN = {name + end: channel for name, channel in _PUBLIC.items() for end in ("", ONLY_MEDIA)}
LISTED = "list"
TAGGED = {"hashtag": False, "hashtag:local": True}


def subscription(stream: str, which: str | None, account_id: int | None) -> Subscription:
    """What a client asks for; `which` is the hashtag or the list's id. Raises StreamError: unknown, without its tag or
    list, or personal and nobody signed in.
    """
    if (stream in PERSONAL or stream == LISTED) and account_id is None:
        raise StreamError(401, "Missing access token")
    if stream == LISTED and account_id is not None:
        number = (which or "").strip()
        if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID):
            raise StreamError(400, "No list for stream provided")
        return Subscription((stream, number), events.list_channel(account_id, int(number)))
    if stream in PERSONAL and account_id is not None:
        return Subscription((stream,), PERSONAL[stream](account_id))
    if stream in OPEN:
        return Subscription((stream,), OPEN[stream])
    if stream in TAGGED:
        said = (which or "").strip()
        name = hashtags.key(said)
        if not name or len(name) > _TAG_LENGTH:
            raise StreamError(400, "No tag for stream provided")
        return Subscription((stream, name), events.tag_channel(name, local=TAGGED[stream]), told=(stream, said))
    raise StreamError(400, "Unknown stream type")
