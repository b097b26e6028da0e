"""A post that was just published, as its consequences need it: no text, only who and whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.posts.storing import Stored
from app.posts.tables import MentionRow, PostKind, PostRow, PostTagRow
from moderation import hashtags
from moderation.values import Outcome, Visibility


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """For notifications, feeds, streams and deliveries, in batches."""

    pk: int
    id: int
    actor_id: int
    local: bool
    kind: PostKind
    visibility: Visibility
    outcome: Outcome
    as_request: bool
    live: bool
    """Whether it is news: what was fetched, or is old, tells nobody and enters no feed."""
    mentioned: tuple[int, ...]
    """Actor ids, here and elsewhere."""
    reply_to_pk: int | None
    reply_to_actor_id: int | None
    boost_of_pk: int | None
    lacks: str | None
    """The URI of what it answers, where that isn't here."""
    tags: tuple[str, ...] = ()
    quoting: bool = False
    language: str | None = None
    noted: bool = False
    """Whether its words and its page were written along with it: see app.posts.noting."""


def of_stored(item: Stored) -> PublishedPost:
    """From a draft that was let in at once: everything is at hand."""
    draft, columns = item.draft, item.opening.columns
    return PublishedPost(
        pk=item.pk,
        id=item.id,
        actor_id=draft.actor_id,
        local=draft.local,
        kind=draft.kind,
        visibility=draft.visibility,
        outcome=columns["outcome"],
        as_request=columns["as_request"],
        live=columns["fanned_out_at"] is None,
        mentioned=tuple(dict.fromkeys(m.actor_id for m in draft.mentions)),
        reply_to_pk=item.reply_to_pk,
        reply_to_actor_id=item.reply_to_actor_id,
        boost_of_pk=draft.boost_of_pk,
        # A relay names whatever its members say: to fetch all the threads around it would be a storm.
        lacks=draft.in_reply_to_uri if item.reply_to_pk is None and not draft.via_relay else None,
        tags=tuple(dict.fromkeys(hashtags.key(name) for name in draft.hashtags)),
        quoting=draft.quote is not None,
        language=draft.language,
        noted=draft.local,
    )


def of_rows(session: Session, posts: Sequence[PostRow]) -> list[PublishedPost]:
    """From rows that were released, or found again by a sweep."""
    pks = [post.pk for post in posts]
    mentioned: dict[int, list[int]] = {}
    for pk, actor_id in session.execute(
        select(MentionRow.post_pk, MentionRow.actor_id).where(MentionRow.post_pk.in_(pks))
    ):
        mentioned.setdefault(pk, []).append(actor_id)
    tags = _tags(session, pks)
    return [_of_row(post, tuple(mentioned.get(post.pk, ())), tags.get(post.pk, ())) for post in posts]


def _tags(session: Session, pks: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for pk, tag in session.execute(select(PostTagRow.post_pk, PostTagRow.tag).where(PostTagRow.post_pk.in_(pks))):
        found.setdefault(pk, []).append(tag)
    return {pk: tuple(tags) for pk, tags in found.items()}


def _of_row(post: PostRow, mentioned: tuple[int, ...], tags: tuple[str, ...]) -> PublishedPost:
    assert post.outcome is not None, "the database refuses a published post without one"  # noqa: S101
    return PublishedPost(
        pk=post.pk,
        id=post.id,
        actor_id=post.actor_id,
        local=post.local,
        kind=post.kind,
        visibility=post.visibility,
        outcome=post.outcome,
        as_request=post.as_request,
        live=post.fanned_out_at is None,
        mentioned=mentioned,
        reply_to_pk=post.in_reply_to_pk,
        reply_to_actor_id=post.in_reply_to_actor_id,
        boost_of_pk=post.boost_of_pk,
        lacks=post.in_reply_to_uri if post.in_reply_to_pk is None and not post.via_relay else None,
        tags=tags,
        quoting=post.quoting,
        language=post.language,
    )
