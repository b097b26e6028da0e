"""Drafts: everything that a post will be, before it was judged. Local and remote ones are the same value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.posts.tables import PostKind
from moderation.values import Visibility


@dataclass(frozen=True, slots=True)
class DraftMention:
    """Somebody addressed. `silent`: in `to` or `cc`, but not named in the text."""

    actor_id: int
    uri: str
    local: bool
    silent: bool = False


@dataclass(frozen=True, slots=True)
class DraftAttachment:
    """A media file elsewhere, as its author described it."""

    url: str
    media_type: str = ""
    description: str = ""
    blurhash: str | None = None
    width: int | None = None
    height: int | None = None
    focus_x: float | None = None
    focus_y: float | None = None
    upload_id: int | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """What a post quotes, and the stamp that it claims. `legacy`: said in a way that knows no consent."""

    uri: str
    authorization: str | None = None
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class PostDraft:
    """A post to be. `content` is sanitised HTML, `text` the same as plain text.

    `live`: it arrived as news (an inbox, a member's own post) and takes its place at the top when it is published;
    fetched posts and those older than a day take their place in the past and enter no home feed.
    `strangers`: URIs addressed that no actor row stands for; they count for spam and are not stored.
    """

    uri: str
    actor_id: int
    local: bool
    kind: PostKind
    visibility: Visibility
    submitted_at: datetime
    published_at: datetime
    content: str = ""
    text: str = ""
    url: str | None = None
    source: str = ""
    title: str = ""
    warning: str = ""
    sensitive: bool = False
    language: str | None = None
    in_reply_to_uri: str | None = None
    boost_of_pk: int | None = None
    boost_of_uri: str | None = None
    quote: DraftQuote | None = None
    terms: dict[str, Any] | None = None
    conversation: str | None = None
    mentions: tuple[DraftMention, ...] = ()
    strangers: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    attachments: tuple[DraftAttachment, ...] = ()
    poll: dict[str, Any] | None = None
    emojis: tuple[dict[str, str], ...] = ()
    links: tuple[str, ...] = ()
    live: bool = True
    via_relay: bool = False
