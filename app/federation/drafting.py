"""From a post on the wire to a draft for the door: cleaned, bounded, with its people looked up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import terms
from app.federation.wire import sanitise, uris
from app.federation.wire.sanitise import Cleaned, Link
from app.federation.wire.values import Attachment, MediaKind, Poll, Post
from app.posts.drafts import DraftAttachment, DraftMention, DraftQuote, PostDraft
from app.posts.tables import PostKind
from moderation.domains.rules import DomainRules
from moderation.domains.values import NO_FILTERS, Filter
from moderation.values import Visibility

LONGEST_LANGUAGE = 12
LONGEST_MEDIA_TYPE = 128
LONGEST_WARNING = 5000
_CHUNK = 500
_ANY_TYPE = {MediaKind.IMAGE: "image/*", MediaKind.VIDEO: "video/*", MediaKind.AUDIO: "audio/*"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody known here whom a post may address."""

    id: int
    uri: str
    local: bool
    url: str | None


People = Mapping[str, Person]


def people(session: Session, posts: Iterable[Post]) -> dict[str, Person]:
    """Those whom the posts address and who are known here, by URI: a few queries for a whole batch."""
    wanted = {
        uri
        for post in posts
        for uri in (*(m.uri for m in post.mentions), *post.to, *post.cc, *terms.named(post.policy))
    }
    found: dict[str, Person] = {}
    for chunk in _chunks(sorted(wanted)):
        rows = session.execute(
            select(ActorRow.id, ActorRow.uri, ActorRow.local, ActorRow.url).where(
                ActorRow.uri.in_(chunk), ActorRow.deleted_at.is_(None)
            )
        )
        found |= {uri: Person(actor_id, uri, local, url) for actor_id, uri, local, url in rows}
    return found


def draft(
    post: Post, author: ActorRow, known: People, rules: DomainRules, *, received_at: datetime, live: bool
) -> PostDraft:
    """The draft of a post of `author`'s, who is certain to have written it. What came late keeps its own date."""
    cleaned = _content(post)
    rule = rules.match(author.domain)
    keep_media = rule is None or not rule.reject_media
    filters = rule.filters if rule is not None else NO_FILTERS
    return PostDraft(
        uri=post.uri,
        actor_id=author.id,
        local=False,
        kind=PostKind(post.kind.value.lower()),
        visibility=_visibility(post, author, filters),
        submitted_at=received_at,
        published_at=min(post.published or received_at, received_at),
        content=cleaned.html,
        text=cleaned.text,
        url=post.url if post.url and uris.same_origin(post.url, post.uri) else post.uri,
        title=sanitise.plain_line(sanitise.to_text(post.title), 1000),
        warning=sanitise.to_text(post.summary)[:LONGEST_WARNING],
        sensitive=post.sensitive or bool(post.summary) or Filter.SENSITIVE in filters,
        language=_language(post.language),
        in_reply_to_uri=post.in_reply_to,
        conversation=post.context,
        mentions=_mentions(post, known),
        strangers=tuple(m.uri for m in post.mentions if m.uri not in known),
        hashtags=tuple(tag.name for tag in post.hashtags),
        attachments=tuple(map(_attachment, post.attachments)) if keep_media else (),
        poll=_poll(post.poll) if post.poll else None,
        emojis=tuple({"shortcode": emoji.shortcode, "url": emoji.url} for emoji in post.emojis) if keep_media else (),
        links=_links(post, cleaned, known),
        quote=_quote(post),
        terms=terms.of_policy(post.policy, author, {uri: person.id for uri, person in known.items() if person.local}),
        live=live,
    )


def _visibility(post: Post, author: ActorRow, filters: Collection[Filter]) -> Visibility:
    """Whom it is for, as its author says; a rule may keep it off the public timelines."""
    said = Visibility(post.visibility(author.followers_url).value)
    return Visibility.UNLISTED if said is Visibility.PUBLIC and Filter.UNLISTED in filters else said


def _content(post: Post) -> Cleaned:
    """The text, and for a Page the link that it shares, which its text needn't repeat."""
    cleaned = sanitise.clean_all(post.content, post.content_type)
    if not post.url or uris.same_origin(post.url, post.uri) or post.url in (link.href for link in cleaned.links):
        return cleaned
    return sanitise.clean_all(cleaned.html + sanitise.from_plain(post.url))


def _quote(post: Post) -> DraftQuote | None:
    """A stamp that isn't kept where the quoted post is can't be its author's: it isn't even looked at."""
    quote = post.quote
    if quote is None or quote.uri == post.uri:
        return None
    claimed = quote.authorization
    believable = claimed is not None and uris.same_origin(claimed, quote.uri)
    return DraftQuote(quote.uri, claimed if believable else None, quote.legacy)


def _mentions(post: Post, known: People) -> tuple[DraftMention, ...]:
    named = {m.uri for m in post.mentions}
    loud = [known[uri] for uri in named if uri in known]
    silent = [known[uri] for uri in (*post.to, *post.cc) if uri in known and uri not in named and known[uri].local]
    return tuple(
        [DraftMention(person.id, person.uri, person.local) for person in sorted(loud, key=lambda p: p.id)]
        + [DraftMention(person.id, person.uri, person.local, silent=True) for person in dict.fromkeys(silent)]
    )


def _links(post: Post, cleaned: Cleaned, known: People) -> tuple[str, ...]:
    """Where the text leads, without mentions and hashtags. A link's class is its author's to choose, so it counts as
    one only where it leads to somebody known, or looks like it in every respect.
    """
    homes = {uri for person in known.values() for uri in (person.uri, person.url) if uri}
    hosts = {uris.origin(m.uri) for m in post.mentions}
    return tuple(
        link.href
        for link in cleaned.links
        if link.href not in homes
        and (post.quote is None or link.href != post.quote.uri)
        and not _is_mention(link, hosts)
        and not _is_hashtag(link, post.uri)
    )


def _is_mention(link: Link, hosts: set[str | None]) -> bool:
    """`@name` or `@name@host`, leading to the profile of such a name on the host of somebody addressed."""
    name = link.text.removeprefix("@").partition("@")[0]
    last = link.href.rstrip("/").rpartition("/")[2].removeprefix("@")
    return link.text[:1] == "@" and last.lower() == name.lower() and uris.origin(link.href) in hosts


def _is_hashtag(link: Link, home: str) -> bool:
    """`#tag`, leading to the author's own server."""
    return link.text[:1] == "#" and uris.same_origin(link.href, home)


def _attachment(value: Attachment) -> DraftAttachment:
    return DraftAttachment(
        url=value.url,
        media_type=(value.media_type or _ANY_TYPE.get(value.kind, ""))[:LONGEST_MEDIA_TYPE],
        description=value.description,
        blurhash=value.blurhash if value.blurhash and len(value.blurhash) <= 128 else None,
        width=value.width,
        height=value.height,
        focus_x=value.focal_point[0] if value.focal_point else None,
        focus_y=value.focal_point[1] if value.focal_point else None,
        duration=value.duration,
    )


def _poll(value: Poll) -> dict[str, Any]:
    ends_at = value.closed_at or value.ends_at
    return {
        "options": [{"title": option.name, "votes": option.votes} for option in value.options],
        "multiple": value.multiple,
        "hide_totals": False,
        "expires_at": ends_at.isoformat() if ends_at else None,
        "voters": value.voters,
    }


def _language(value: str | None) -> str | None:
    if value is None or len(value) <= LONGEST_LANGUAGE:
        return value
    return value.partition("-")[0]


def _chunks(values: list[str]) -> Iterator[list[str]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
