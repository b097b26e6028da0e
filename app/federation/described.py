"""Our rows as the wire's values, ready to be rendered: what peers are told of posts and actors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.emojis import showing
from app.emojis.known import Emoji as HouseEmoji
from app.federation import own_keys, terms
from app.federation.wire.values import (
    PUBLIC,
    Actor,
    ActorKey,
    ActorKind,
    Announce,
    Attachment,
    Create,
    Emoji,
    Hashtag,
    Image,
    MediaKind,
    Mention,
    Poll,
    PollOption,
    Post,
    PostKind,
    ProfileField,
    Quote,
    QuoteAuthorization,
)
from app.polls import numbers
from app.posts.tables import AttachmentRow, MentionRow, PostRow, PostState, PostTagRow, QuoteRow, QuoteState
from app.quotes import inline
from app.settings import Settings
from app.uploads import places
from moderation import hashtags, warnings
from moderation.values import PUBLISHABLE, Visibility

WEBP = "image/webp"
Addresses = tuple[tuple[str, ...], tuple[str, ...]]


def actor(settings: Settings, row: ActorRow) -> Actor:
    """A local actor's public profile: only what passed the door stands in these columns, and of who was suspended
    nothing but that.
    """
    gone = row.suspended_at is not None
    return Actor(
        uri=row.uri,
        kind=ActorKind(row.kind.value),
        username=row.username,
        inbox=row.inbox_url or "",
        name="" if gone else row.display_name,
        summary="" if gone else row.summary,
        url=row.url,
        icon=Image(row.avatar_url) if row.avatar_url and not gone else None,
        image=Image(row.header_url) if row.header_url and not gone else None,
        shared_inbox=row.shared_inbox_url,
        outbox=row.outbox_url,
        followers=row.followers_url,
        following=row.following_url,
        featured=row.featured_url,
        featured_tags=f"{row.uri}/collections/tags" if row.local and row.featured_url else None,
        keys=_keys(row),
        manually_approves_followers=row.locked,
        discoverable=row.discoverable and not gone,
        indexable=row.indexable and not gone,
        memorial=row.memorial,
        suspended=gone,
        published=row.published_at,
        moved_to=row.moved_to_uri,
        also_known_as=tuple(row.also_known_as),
        attribution_domains=() if gone else tuple(row.attribution_domains or ()),
        fields=() if gone else tuple(ProfileField(field["name"], field["value"]) for field in row.fields),
        emojis=() if gone else tuple(emoji(settings, each) for each in showing.local_of_actor(settings, row)),
    )


def emoji(settings: Settings, known: HouseEmoji) -> Emoji:
    """An emoji of the house."""
    address = places.emoji_address(settings, known.key)
    return Emoji(known.shortcode, address, settings.url(f"/emojis/{known.id}"), WEBP, known.changed_at)


def _keys(row: ActorRow) -> tuple[ActorKey, ...]:
    found = (ActorKey(row.key_id or "", row.public_key_pem or ""),)
    return found if row.ed25519_private_pem is None else (*found, own_keys.multikey(row.uri, row.ed25519_private_pem))


def post(session: Session, settings: Settings, row: PostRow) -> Post:
    """A local post with everything that hangs on it."""
    author = session.get_one(ActorRow, row.actor_id)
    people = _mentioned(session, row.pk)
    to, cc = addresses(row.visibility, author, [person.uri for person in people])
    quote, fallback = _quote(session, row)
    answers = _is_to_be_named(session, row.in_reply_to_pk)
    return Post(
        uri=row.uri,
        kind=PostKind(row.kind.value.capitalize()),
        author=author.uri,
        content=fallback + row.content,
        title=row.title,
        summary=": ".join(part for part in (warnings.words_of(row.house_warning), row.warning) if part),
        sensitive=row.sensitive or row.moderation_warning is not None,
        language=row.language,
        url=settings.url(f"/@{author.username}/{row.id}"),
        in_reply_to=row.in_reply_to_uri if answers else None,
        replies=f"{row.uri}/replies",
        likes=f"{row.uri}/likes",
        shares=f"{row.uri}/shares",
        context=row.conversation if answers else None,
        published=whole_seconds(row.published_at),
        updated=max((at for at in (row.edited_at, row.relabelled_at) if at is not None), default=None),
        to=to,
        cc=cc,
        mentions=tuple(Mention(person.uri, "@" + lookup.handle_of(person)) for person in people),
        hashtags=_hashtags(session, settings, row.pk),
        emojis=tuple(emoji(settings, each) for each in showing.local_of_post(settings, row)),
        attachments=_attachments(session, row.pk),
        poll=_poll(row.poll) if row.poll else None,
        quote=quote,
        policy=terms.policy_of(row, author),
    )


def _is_to_be_named(session: Session, answered_pk: int | None) -> bool:
    """Whether a post says what it answers: a member's that was never shown isn't told of, not even by its address."""
    answered = session.get(PostRow, answered_pk) if answered_pk is not None else None
    if answered is None or not answered.local or answered.state in (PostState.PUBLISHED, PostState.WITHDRAWN):
        return True
    return answered.state is PostState.DELETED and answered.outcome in PUBLISHABLE


def creation(value: Post) -> Create:
    """The Create of a post, at its fixed address."""
    return Create(value.uri + "/activity", value.author, value)


def boost(session: Session, row: PostRow) -> Announce:
    """A local boost; its own URI is the Announce's."""
    author = session.get_one(ActorRow, row.actor_id)
    original = session.get_one(PostRow, row.boost_of_pk)
    original_author = session.get_one(ActorRow, original.actor_id)
    to, cc = addresses(row.visibility, author, [original_author.uri])
    return Announce(row.uri, author.uri, original.uri, to, cc, whole_seconds(row.published_at))


def authorization(session: Session, row: QuoteRow) -> QuoteAuthorization | None:
    """The stamp of a quote of a member's post, as long as there is one."""
    quoting, quoted = session.get_one(PostRow, row.post_pk), session.get(PostRow, row.quoted_pk)
    if row.authorization_uri is None or quoted is None or not quoted.local:
        return None
    author = session.get_one(ActorRow, quoted.actor_id)
    return QuoteAuthorization(row.authorization_uri, author.uri, quoting.uri, quoted.uri)


def _quote(session: Session, row: PostRow) -> tuple[Quote | None, str]:
    """What a post quotes, and the line with a link for those who know no quotes."""
    quote = session.get(QuoteRow, row.pk) if row.quoting else None
    if quote is None or quote.state is QuoteState.DELETED:
        return None, ""
    quoted = session.get(PostRow, quote.quoted_pk) if quote.quoted_pk is not None else None
    stamp = quote.authorization_uri if quote.state is QuoteState.ACCEPTED else None
    return Quote(quote.quoted_uri, stamp), inline.line((quoted.url if quoted else None) or quote.quoted_uri)


def addresses(visibility: Visibility, author: ActorRow, mentioned: Sequence[str]) -> Addresses:
    """`to` and `cc` as Mastodon has them, so that every peer reads the same visibility out of them."""
    followers = author.followers_url or f"{author.uri}/followers"
    if visibility is Visibility.PUBLIC:
        return (PUBLIC,), (followers, *mentioned)
    if visibility is Visibility.UNLISTED:
        return (followers,), (PUBLIC, *mentioned)
    if visibility is Visibility.FOLLOWERS:
        return (followers,), tuple(mentioned)
    return tuple(mentioned), ()


def whole_seconds(at: datetime) -> datetime:
    """As peers write times."""
    return at.replace(microsecond=0)


def _mentioned(session: Session, pk: int) -> list[ActorRow]:
    query = select(ActorRow).join(MentionRow, MentionRow.actor_id == ActorRow.id).where(MentionRow.post_pk == pk)
    return list(session.scalars(query.order_by(ActorRow.id)))


def _hashtags(session: Session, settings: Settings, pk: int) -> tuple[Hashtag, ...]:
    rows = session.scalars(select(PostTagRow).where(PostTagRow.post_pk == pk).order_by(PostTagRow.tag))
    return tuple(Hashtag(row.name, settings.url(hashtags.path(row.tag))) for row in rows)


def _attachments(session: Session, pk: int) -> tuple[Attachment, ...]:
    rows = session.scalars(select(AttachmentRow).where(AttachmentRow.post_pk == pk).order_by(AttachmentRow.position))
    return tuple(
        Attachment(
            url=row.url,
            kind=_media_kind(row.media_type),
            media_type=row.media_type or None,
            description=row.description,
            width=row.width,
            height=row.height,
            focal_point=None if row.focus_x is None or row.focus_y is None else (row.focus_x, row.focus_y),
            blurhash=row.blurhash,
            duration=row.duration,
        )
        for row in rows
    )


def _media_kind(media_type: str) -> MediaKind:
    family = media_type.partition("/")[0]
    return MediaKind(family) if family in ("image", "video", "audio") else MediaKind.OTHER


def _poll(poll: dict[str, Any]) -> Poll:
    closed = poll.get("closed_at")
    hide = bool(poll.get("hide_totals")) and closed is None
    return Poll(
        options=tuple(PollOption(option["title"], 0 if hide else option["votes"]) for option in poll["options"]),
        multiple=bool(poll.get("multiple")),
        ends_at=numbers.ends_at(poll),
        closed_at=datetime.fromisoformat(closed) if closed else None,
        voters=poll.get("voters"),
    )
