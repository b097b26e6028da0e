"""Public, local and tag timelines, and the posts of one author: queries, through the visibility filter."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_
from sqlalchemy.orm import Session

from app import ids
from app.accounts.tables import ActorRow
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import AttachmentRow, PostKind, PostRow, PostState, PostTagRow
from app.posts.visibility import not_muted, posts_for
from app.services import Services
from app.trends import scoring
from moderation import hashtags
from moderation.values import Outcome, Visibility


@dataclass(frozen=True, slots=True)
class AuthorFilter:
    """Which of an author's posts are wanted."""

    exclude_replies: bool = False
    exclude_boosts: bool = False
    only_media: bool = False
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class FurtherTags:
    """Hashtags beside the one: any of these will do as well, all of these must be there, none of these may."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


def page(
    services: Services,
    viewer_id: int | None,
    paging: Paging,
    *,
    local: bool = False,
    remote: bool = False,
    only_media: bool = False,
) -> list[PostView]:
    """The public timeline: public posts that aren't limited, of people who aren't silenced, no replies or boosts."""
    query = _public(viewer_id).where(
        or_(PostRow.in_reply_to_uri.is_(None), PostRow.in_reply_to_actor_id == PostRow.actor_id)
    )
    if local:
        query = query.where(PostRow.local)
    if remote:
        query = query.where(PostRow.local.is_(False))
    if only_media:
        query = query.where(_has_media())
    return _page(services, query, viewer_id, paging)


def tag_page(
    services: Services,
    viewer_id: int | None,
    tag: str,
    paging: Paging,
    *,
    local: bool = False,
    remote: bool = False,
    only_media: bool = False,
    further: FurtherTags | None = None,
) -> list[PostView]:
    """Public posts with a hashtag, or with one of the `further` ones."""
    further = further or FurtherTags()
    query = _public(viewer_id).where(_has_tag(tag, *further.any))
    for name in further.all:
        query = query.where(_has_tag(name))
    if further.none:
        query = query.where(~_has_tag(*further.none))
    if local:
        query = query.where(PostRow.local)
    if remote:
        query = query.where(PostRow.local.is_(False))
    if only_media:
        query = query.where(_has_media())
    return _page(services, query, viewer_id, paging)


def link_page(services: Services, viewer_id: int | None, url: str, paging: Paging) -> list[PostView]:
    """Public posts of the last days with a link, by people who want to be found."""
    since = ids.lowest(services.clock.now() - scoring.WINDOW)
    held = PostRow.content.contains(f'href="{escape(url)}"', autoescape=True)
    query = _public(viewer_id).where(PostRow.id >= since, ActorRow.discoverable, held)
    return _page(services, query, viewer_id, paging)


def author_page(
    services: Services, viewer_id: int | None, author_id: int, paging: Paging, wanted: AuthorFilter
) -> list[PostView]:
    """What one author posted, as this viewer may see it."""
    query = posts_for(viewer_id, PostRow.pk).where(
        PostRow.actor_id == author_id, PostRow.visibility != Visibility.DIRECT
    )
    if wanted.exclude_replies:
        query = query.where(or_(PostRow.in_reply_to_uri.is_(None), PostRow.in_reply_to_actor_id == author_id))
    if wanted.exclude_boosts:
        query = query.where(PostRow.kind != PostKind.BOOST)
    if wanted.only_media:
        query = query.where(_has_media())
    if wanted.tag is not None:
        query = query.where(_has_tag(wanted.tag))
    with services.db.read() as session:
        return _load(session, query, viewer_id, paging)


def _public(viewer_id: int | None) -> Select[Any]:
    return posts_for(viewer_id, PostRow.pk).where(
        PostRow.state == PostState.PUBLISHED,
        PostRow.visibility == Visibility.PUBLIC,
        PostRow.boost_of_pk.is_(None),
        PostRow.outcome != Outcome.LIMIT,
        ActorRow.silenced_at.is_(None),
        ActorRow.domain_silenced.is_(False),
    )


def _has_tag(*names: str) -> ColumnElement[bool]:
    tags = [hashtags.key(name) for name in names]
    return exists().where(PostTagRow.post_pk == PostRow.pk, PostTagRow.tag.in_(tags))


def _has_media() -> Any:
    return exists().where(AttachmentRow.post_pk == PostRow.pk)


def _page(services: Services, query: Select[Any], viewer_id: int | None, paging: Paging) -> list[PostView]:
    if viewer_id is not None:
        query = query.where(not_muted(viewer_id, services.clock.now()))
    with services.db.read() as session:
        return _load(session, query, viewer_id, paging)


def _load(session: Session, query: Select[Any], viewer_id: int | None, paging: Paging) -> list[PostView]:
    pks = newest_first(list(session.scalars(by_id(query, PostRow.id, paging))), paging)
    return reading.load(session, pks, viewer_id)
