"""The wire's frozen values: what parsing gives and rendering takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.federation.wire import uris

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


class Visibility(StrEnum):
    """Who a post is for; Mastodon's API says private for followers."""

    PUBLIC = "public"
    UNLISTED = "unlisted"
    FOLLOWERS = "followers"
    DIRECT = "direct"


class ActorKind(StrEnum):
    """ActivityStreams' five actor types."""

    PERSON = "Person"
    SERVICE = "Service"
    GROUP = "Group"
    APPLICATION = "Application"
    ORGANIZATION = "Organization"


class PostKind(StrEnum):
    """The object types that we take as posts."""

    NOTE = "Note"
    ARTICLE = "Article"
    QUESTION = "Question"
    PAGE = "Page"


class MediaKind(StrEnum):
    """What an attachment is, from its media type or its object type."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    OTHER = "other"


def visibility(to: tuple[str, ...], cc: tuple[str, ...], followers: str | None = None) -> Visibility:
    """Who it is for, from its addresses.

    `followers` is the author's followers collection where it is known; otherwise an address with a path
    segment `followers` is taken for it (Mastodon, Pleroma, Friendica and GoToSocial all have one).
    """
    if PUBLIC in to:
        return Visibility.PUBLIC
    if PUBLIC in cc:
        return Visibility.UNLISTED
    for address in (*to, *cc):
        if address == followers or (followers is None and "followers" in address.split("/")[3:]):
            return Visibility.FOLLOWERS
    return Visibility.DIRECT


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody named in a post: the actor's URI, and the handle as it was written."""

    uri: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class Hashtag:
    """A tag without its #, as it was written."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A picture for a :shortcode: (the code without its colons)."""

    shortcode: str
    url: str
    uri: str | None = None
    media_type: str | None = None
    updated: datetime | None = None
    """When the picture changed."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A media file of a post. Focal point: (x, y), each from -1 to 1; duration in seconds, of films and sounds."""

    url: str
    kind: MediaKind
    media_type: str | None = None
    description: str = ""
    width: int | None = None
    height: int | None = None
    focal_point: tuple[float, float] | None = None
    blurhash: str | None = None
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """An avatar or a banner."""

    url: str
    media_type: str | None = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class PollOption:
    """A choice, and how many took it as far as the author's server says."""

    name: str
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Poll:
    """A Question's choices; `closed_at` is set once it is over."""

    options: tuple[PollOption, ...]
    multiple: bool = False
    ends_at: datetime | None = None
    closed_at: datetime | None = None
    voters: int | None = None


@dataclass(frozen=True, slots=True)
class Quote:
    """What a post quotes, and the stamp by which it says that it may. `legacy`: in a way that knows no consent."""

    uri: str
    authorization: str | None = None
    legacy: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Who may do something without asking, and who may once the author agrees: URIs of actors and collections."""

    automatic: tuple[str, ...] = ()
    manual: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InteractionPolicy:
    """Who may do what with a post, as far as it says."""

    quote: Permission | None = None
    reply: Permission | None = None
    like: Permission | None = None
    announce: Permission | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A Note, Article, Question or Page.

    `content`, `summary` and `title` are as they were sent: sanitise before showing. `content_type` is
    text/html unless the sender said text/plain or text/markdown. Times are aware, in UTC, and may lie in the future.
    `url` is the page for readers; on a Page it is often the link that the post shares, on another host.
    """

    uri: str
    kind: PostKind
    author: str
    content: str = ""
    content_type: str = "text/html"
    title: str = ""
    summary: str = ""
    sensitive: bool = False
    language: str | None = None
    url: str | None = None
    in_reply_to: str | None = None
    replies: str | None = None
    """Where its home lists what answers it; `likes` and `shares`, where it counts these."""
    likes: str | None = None
    shares: str | None = None
    quote: Quote | None = None
    policy: InteractionPolicy | None = None
    context: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    poll: Poll | None = None

    def visibility(self, followers: str | None = None) -> Visibility:
        """Who it is for; `followers` is the author's followers collection, where known."""
        return visibility(self.to, self.cc, followers)

    @property
    def is_vote(self) -> bool:
        """Whether this is a vote in a poll: a named reply without content, as Mastodon sends them."""
        return bool(self.kind is PostKind.NOTE and self.title and self.in_reply_to and not self.content)


@dataclass(frozen=True, slots=True)
class ActorKey:
    """A public key that an actor's own document lists; `multibase` where it is a Multikey (FEP-521a)."""

    key_id: str
    pem: str
    multibase: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileField:
    """A row of a profile's table; the value is HTML as it was sent."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody's document. All endpoints are on the actor's own host."""

    uri: str
    kind: ActorKind
    username: str
    inbox: str
    name: str = ""
    summary: str = ""
    url: str | None = None
    icon: Image | None = None
    image: Image | None = None
    shared_inbox: str | None = None
    outbox: str | None = None
    followers: str | None = None
    following: str | None = None
    featured: str | None = None
    featured_tags: str | None = None
    keys: tuple[ActorKey, ...] = ()
    key_references: tuple[str, ...] = ()
    """Keys that have a document of their own, and are named here by their ids alone."""
    manually_approves_followers: bool = False
    discoverable: bool | None = None
    indexable: bool | None = None
    memorial: bool = False
    suspended: bool = False
    published: datetime | None = None
    moved_to: str | None = None
    also_known_as: tuple[str, ...] = ()
    fields: tuple[ProfileField, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    attribution_domains: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """host[:port] of the actor's URI."""
        return uris.origin(self.uri) or ""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The activity inside an Accept, Reject or Undo, or only its URI: all that may be believed of it.

    `type` is None where only a URI was sent.
    """

    type: str | None
    uri: str | None
    actor: str | None = None
    object_uri: str | None = None
    instrument: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """An object of which only the URI was sent."""

    uri: str


@dataclass(frozen=True, slots=True)
class Create:
    """A new post."""

    uri: str
    actor: str
    object: Post | Reference


@dataclass(frozen=True, slots=True)
class Update:
    """A post or an actor as it is now."""

    uri: str
    actor: str
    object: Post | Actor | Reference


@dataclass(frozen=True, slots=True)
class Delete:
    """Something is gone: a post, or the actor itself."""

    uri: str
    actor: str
    object_uri: str

    @property
    def is_of_the_actor(self) -> bool:
        """Whether the actor deletes itself."""
        return self.object_uri == self.actor


@dataclass(frozen=True, slots=True)
class Follow:
    """Somebody asks to follow an actor."""

    uri: str
    actor: str
    object_uri: str


@dataclass(frozen=True, slots=True)
class QuoteRequest:
    """Somebody asks whether a post of theirs (`instrument`) may quote another (FEP-044f)."""

    uri: str
    actor: str
    object_uri: str
    instrument: Post | Reference


@dataclass(frozen=True, slots=True)
class QuoteAuthorization:
    """A stamp: the author of `quoted` says that `quoting` may quote it. A document, and no activity."""

    uri: str
    author: str
    quoting: str
    quoted: str


@dataclass(frozen=True, slots=True)
class Accept:
    """The answer to a Follow or a QuoteRequest: yes. `result`: where the stamp of the quote is."""

    uri: str
    actor: str
    object: Embedded
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """The answer to a Follow or a QuoteRequest: no, or no longer."""

    uri: str
    actor: str
    object: Embedded


@dataclass(frozen=True, slots=True)
class Undo:
    """Takes back a Follow, Like, Announce, Block or Accept."""

    uri: str
    actor: str
    object: Embedded


@dataclass(frozen=True, slots=True)
class Like:
    """A favourite."""

    uri: str
    actor: str
    object_uri: str


@dataclass(frozen=True, slots=True)
class Announce:
    """A boost. What is embedded is never believed; the object is known by its URI alone."""

    uri: str
    actor: str
    object_uri: str
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    published: datetime | None = None

    def visibility(self, followers: str | None = None) -> Visibility:
        """Who it is for; `followers` is the actor's followers collection, where known."""
        return visibility(self.to, self.cc, followers)


@dataclass(frozen=True, slots=True)
class Announced:
    """A group says that somebody changed a post, or deleted it: a reason to ask for the post, and no more."""

    uri: str
    actor: str
    object_uri: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A report: who and what it is about, and the complaint (plain text or HTML, as sent)."""

    uri: str
    actor: str
    object_uris: tuple[str, ...]
    content: str = ""


@dataclass(frozen=True, slots=True)
class Resolve:
    """Moderators say that they settled a report (Lemmy), or with `undone` that they haven't after all. `flag` is the
    report as they name it: their own id for it, who reported, and what."""

    uri: str
    actor: str
    flag: Embedded
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Add:
    """Somebody puts something into a collection of theirs: a post among those that they pinned, or a hashtag."""

    uri: str
    actor: str
    object_uri: str
    target: str
    hashtag: Hashtag | None = None
    """What it is, where it is no post."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Somebody takes something out of a collection of theirs."""

    uri: str
    actor: str
    object_uri: str
    target: str
    hashtag: Hashtag | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Somebody wants nothing to do with an actor."""

    uri: str
    actor: str
    object_uri: str


@dataclass(frozen=True, slots=True)
class Move:
    """An actor (`object_uri`: itself) goes on under another address."""

    uri: str
    actor: str
    object_uri: str
    target_uri: str


@dataclass(frozen=True, slots=True)
class Unsupported:
    """Well-formed, but nothing that we handle. `reason` is one of a small closed set, fit for a metric."""

    uri: str
    actor: str
    reason: str


Activity = (
    Create
    | Update
    | Delete
    | Follow
    | QuoteRequest
    | Accept
    | Reject
    | Undo
    | Like
    | Announce
    | Announced
    | Flag
    | Resolve
    | Add
    | Remove
    | Block
    | Move
    | Unsupported
)


@dataclass(frozen=True, slots=True)
class NeedsFetch:
    """What came can't be believed from this sender; fetch it from where it lives."""

    uri: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection or a page of one: URIs of what it lists, and where it goes on."""

    uri: str
    items: tuple[str, ...] = ()
    total: int | None = None
    first: str | None = None
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """What WebFinger says: `subject` without acct:, and the actor's URI."""

    subject: str
    actor_uri: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What NodeInfo tells about us: counts only."""

    version: str
    open_registrations: bool
    users: int
    active_month: int
    active_halfyear: int
    posts: int
    name: str = ""
    description: str = ""
