"""Posts as statuses. What doesn't depend on the viewer is rendered once and kept as bytes; a page joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any

import orjson

from app.accounts import lookup
from app.cards.shown import Card
from app.emojis import showing
from app.federation.wire import sanitise
from app.filters.values import Filter
from app.mastodon.serialise import accounts, cards, filters, polls
from app.mastodon.serialise.emojis import emojis
from app.mastodon.serialise.recent import Recent
from app.mastodon.serialise.times import instant, instant_or_none
from app.media import shown as shown_media
from app.posts import terms
from app.posts.reading import PostView, QuoteView
from app.posts.tables import AttachmentRow, MentionRow, PostKind, PostRow, PostTagRow, QuoteState
from app.posts.terms import Deed
from app.quotes import inline
from app.settings import Settings
from app.uploads import places
from app.uploads.tables import UploadKind, UploadRow, UploadState
from app.web import labels
from moderation import hashtags

_recent: Recent[tuple[object, ...], bytes] = Recent(8000)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom it is rendered: in which language, at what time.

    `waiting_line` gives the last paragraph that an author is served under a post that waits, as HTML. `filters` are the
    reader's own that count now.
    """

    settings: Settings
    locale: str
    now: datetime
    account_id: int | None = None
    filters: tuple[Filter, ...] = ()
    waiting_line: Callable[[PostView], str] = lambda _view: ""
    cards: Mapping[int, Card] = field(default_factory=dict)
    """By post."""


def many(views: list[PostView], reader: Reader) -> list[orjson.Fragment]:
    """Statuses."""
    return [one(view, reader) for view in views]


def one(view: PostView, reader: Reader) -> orjson.Fragment:
    """A Status. A boost has no text of its own and carries what it shows in `reblog`."""
    inner = b"null" if view.boost_of is None else _whole(view.boost_of, reader, b"null")
    return orjson.Fragment(_whole(view, reader, inner))


def with_source(view: PostView, reader: Reader) -> orjson.Fragment:
    """A Status with what was typed, as clients want it for a post that they delete and redraft."""
    whole = _whole(view, reader, b"null")
    return orjson.Fragment(b'%b,"text":%b}' % (whole[:-1], orjson.dumps(view.post.source)))


def _whole(view: PostView, reader: Reader, reblog: bytes) -> bytes:
    quote = _quote(view.quote, reader)
    return b"".join((_shared(view, reader), b',"reblog":', reblog, b',"quote":', quote, _own(view, reader)))


def _quote(quote: QuoteView | None, reader: Reader) -> bytes:
    """A Quote; within one, a ShallowQuote."""
    if quote is None:
        return b"null"
    inner = b"null" if quote.post is None else _quoted(quote.post, reader)
    return b'{"state":"%b","quoted_status":%b}' % (quote.state.encode(), inner)


def _quoted(view: PostView, reader: Reader) -> bytes:
    inner = view.quote
    shallow = None
    if inner is not None:
        shallow = {"state": inner.state, "quoted_status_id": None if inner.id is None else str(inner.id)}
    parts = (_shared(view, reader), b',"reblog":null,"quote":', orjson.dumps(shallow), _own(view, reader))
    return b"".join(parts)


def _own(view: PostView, reader: Reader) -> bytes:
    """What depends on the viewer, and the end of the object."""
    marked = view.shown
    asked = None if view.boost_of is not None else polls.poll(view, reader.now, reader.settings)
    approval = b',"poll":%b,"quote_approval":%b' % (orjson.dumps(asked), orjson.dumps(approval_of(marked)))
    if reader.account_id is None:
        return approval + b"}"
    # What one writes oneself is never filtered.
    own = marked.post.actor_id == reader.account_id
    filtered = orjson.dumps([] if own else filters.results(reader.filters, marked.post))
    return approval + b',"favourited":%b,"reblogged":%b,"muted":%b,"bookmarked":%b,"pinned":%b,"filtered":%b}' % (
        b"true" if marked.liked else b"false",
        b"true" if marked.boosted else b"false",
        b"true" if marked.muted else b"false",
        b"true" if marked.bookmarked else b"false",
        b"true" if marked.pinned else b"false",
        filtered,
    )


def approval_of(view: PostView) -> dict[str, Any]:
    """Who may quote a post, and whether the reader may: a QuoteApproval."""
    return {
        "automatic": terms.words(view.post, "automatic"),
        "manual": terms.words(view.post, "manual"),
        "current_user": view.may(Deed.QUOTE).value,
    }


def _shared(view: PostView, reader: Reader) -> bytes:
    """The object without its last brace. A key holds all that it is made of; a held post's text changes with time."""
    post, shown = view.post, view.shown.post
    account = accounts.account(post.actor, reader.settings)
    if view.held or view.edit_waits:
        return orjson.dumps(_entity(view, reader, account))[:-1]
    key = (
        post.pk, post.id, reader.settings.base_url, account, view.reply_to_id, post.edited_at,
        shown.replies_count, shown.boosts_count, shown.likes_count, shown.quotes_count, shown.sensitive,
        shown.house_warning, fallback(view), shown.language, post.visibility, post.warning, hash(post.content),
        reader.locale if post.moderation_warning else "", tuple(row.id for row in post.attachments),
        None if (shows := reader.cards.get(post.pk)) is None else (shows.row.id, shows.row.fetched_at, shows.width),
        tuple(showing.local_of_post(reader.settings, post)) if post.local else (),
    )  # fmt: skip
    found = _recent.find(key)
    if found is None:
        found = orjson.dumps(_entity(view, reader, account))[:-1]
        _recent.put(key, found)
    return found


def _entity(view: PostView, reader: Reader, account: orjson.Fragment) -> dict[str, Any]:
    post, boost = view.post, view.post.kind is PostKind.BOOST
    shown = view.shown.post
    return {
        "id": str(post.id),
        "created_at": instant(post.published_at),
        "in_reply_to_id": None if view.reply_to_id is None else str(view.reply_to_id),
        "in_reply_to_account_id": None if view.reply_to_id is None else str(post.in_reply_to_actor_id),
        "sensitive": shown.sensitive or shown.moderation_warning is not None,
        "spoiler_text": "" if boost else spoiler(post),
        "visibility": accounts.VISIBILITY[post.visibility],
        "language": shown.language,
        "uri": post.uri,
        "url": None if boost else post.url or post.uri,
        "replies_count": shown.replies_count,
        "reblogs_count": shown.boosts_count,
        "favourites_count": shown.likes_count,
        "quotes_count": shown.quotes_count,
        "edited_at": instant_or_none(post.edited_at),
        "content": "" if boost else fallback(view) + content(post) + reader.waiting_line(view),
        "account": account,
        "media_attachments": [] if boost else attachments(post.attachments, reader.settings, view, reader.now),
        "mentions": [] if boost else mentions(post.mentions),
        "tags": [] if boost else tags(post.tags, reader.settings),
        "emojis": [] if boost else emojis(showing.of_post(reader.settings, post), reader.settings),
        "card": cards.card(reader.cards.get(post.pk), reader.settings),
    }


def fallback(view: PostView) -> str:
    """The line with a link that a member's post begins with for clients that know no quotes, as it does elsewhere; by
    its class those that do know it.
    """
    if view.quote is None or not view.post.local or not view.quote.uri or view.quote.state == QuoteState.DELETED:
        return ""
    quoted = view.quote.post
    return inline.line((quoted.post.url if quoted else None) or view.quote.uri)


def content(post: PostRow) -> str:
    """The text, cleaned once more; a title stands above it."""
    title = f"<p><strong>{escape(post.title)}</strong></p>" if post.title else ""
    return title + clean(post.content)


def clean(html: str) -> str:
    """HTML, made harmless once more where it leaves."""
    return sanitise.clean(html)


def spoiler(post: PostRow) -> str:
    """The author's warning, and the one that the door added."""
    added = None if post.warned_of is None else labels.warning(post.warned_of)
    return ": ".join(part for part in (added, post.warning) if part)


def attachments(
    rows: list[AttachmentRow], settings: Settings, view: PostView | None = None, now: datetime | None = None
) -> list[dict[str, Any]]:
    """MediaAttachments. Pictures are shown from here, drawn anew; other media are only described. What waits is seen by
    its author alone, at addresses that end soon.
    """
    waits = now if view is not None and view.held else None
    return [_attachment(row, settings, waits) for row in rows]


def attachments_then(
    kept: Sequence[dict[str, Any]], now: Sequence[AttachmentRow], settings: Settings
) -> list[dict[str, Any]]:
    """MediaAttachments of an earlier version. What isn't in the post any more is described, and not shown."""
    here = {row.url: row.id for row in now}
    found = []
    for one in kept:
        entity = _attachment(AttachmentRow(**(one | {"id": here.get(one["url"], one["id"])})), settings, None)
        gone = {"type": "unknown", "url": None, "preview_url": None}
        found.append(entity if one["url"] in here else entity | gone)
    return found


def _attachment(row: AttachmentRow, settings: Settings, waits: datetime | None) -> dict[str, Any]:
    played = shown_media.plays(row)
    drawn = shown_media.is_picture(row.media_type)

    def address(file: str) -> str | None:
        if waits is not None:
            return shown_media.links(settings).mine(row.url, file, waits)
        return shown_media.picture(settings, row, file)

    return {
        "id": str(row.upload_id or row.id),
        "type": played.value if played else "image" if drawn else "unknown",
        "url": address(places.MAIN[played or UploadKind.IMAGE]) if played or drawn else None,
        "preview_url": address(shown_media.SMALL) if drawn or (played and row.blurhash) else None,
        "remote_url": None if row.upload_id is not None else row.url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(row),
        "description": row.description or None,
        "blurhash": row.blurhash,
    }


def _meta(row: AttachmentRow | UploadRow) -> dict[str, Any]:
    focus = {} if row.focus_x is None or row.focus_y is None else {"focus": {"x": row.focus_x, "y": row.focus_y}}
    sizes = {"original": shown_media.size(row), "small": shown_media.size(row, shown_media.SMALL)}
    measures = focus | {
        name: {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}
        for name, (width, height) in ((name, found) for name, found in sizes.items() if found is not None)
    }
    return measures if row.duration is None else _played(row.duration, measures)


def _played(seconds: float, measures: dict[str, Any]) -> dict[str, Any]:
    """The same of a film or sound, which lasts."""
    original: dict[str, Any] = measures.get("original", {})
    hours, rest = divmod(seconds, 3600)
    length = {"length": f"{int(hours)}:{int(rest // 60):02}:{rest % 60:05.2f}", "duration": seconds}
    return length | original | measures | {"original": original | {"duration": seconds}}


def upload(row: UploadRow, settings: Settings, now: datetime) -> dict[str, Any]:
    """The MediaAttachment of what isn't in a post yet: its owner alone has its addresses, and they end soon."""
    url, ready = places.address(settings, row.key, row.kind), row.state is UploadState.READY
    links = shown_media.links(settings)
    return {
        "id": str(row.id),
        "type": row.kind.value,
        "url": links.mine(url, places.MAIN[row.kind], now) if ready else None,
        "preview_url": links.mine(url, shown_media.SMALL, now) if ready and row.blurhash else None,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _meta(row),
        "description": row.description or None,
        "blurhash": row.blurhash,
    }


def mentions(rows: list[MentionRow]) -> list[dict[str, str]]:
    """Those named in the text."""
    return [
        {
            "id": str(row.actor.id),
            "username": row.actor.username,
            "url": row.actor.url or row.actor.uri,
            "acct": lookup.acct_of(row.actor),
        }
        for row in rows
        if not row.silent
    ]


def tags(rows: list[PostTagRow], settings: Settings) -> list[dict[str, str]]:
    """Hashtags, linked to their pages here."""
    return [{"name": row.tag, "url": settings.url(hashtags.path(row.tag))} for row in rows]


def source(post: PostRow) -> dict[str, str]:
    """A StatusSource: what was typed, and nothing that was added."""
    return {"id": str(post.id), "text": post.source, "spoiler_text": post.warning}
