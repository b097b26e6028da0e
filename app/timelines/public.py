"""Public, local and tag timelines, and the posts of one author: queries, through the visibility filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from sqlalchemy import ColumnElement, exists, or_

from app import ids
from app.accounts.tables import ActorRow
from app.paging import Paging, by_id, newest_first
from app.posts import own_waiting, reading
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
    plain = or_(PostRow.in_reply_to_uri.is_(None), PostRow.in_reply_to_actor_id == PostRow.actor_id)
    narrowed = _narrowed(local=local, remote=remote, only_media=only_media)
    return _page(services, viewer_id, [plain, *narrowed], paging)


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
    tagged = [_has_tag(tag, *further.any), *(_has_tag(name) for name in further.all)]
    if further.none:
        tagged.append(~_has_tag(*further.none))
    narrowed = _narrowed(local=local, remote=remote, only_media=only_media)
    return _page(services, viewer_id, [*tagged, *narrowed], paging)


def link_page(services: Services, viewer_id: int | None, url: str, paging: Paging) -> list[PostView]:
    """Public posts of the last days with a link, by people who want to be found."""
    since = ids.lowest(services.clock.now() - scoring.WINDOW)
    linked = PostRow.content.contains(f'href="{escape(url)}"', autoescape=True)
    return _page(services, viewer_id, [PostRow.id >= since, ActorRow.discoverable.is_(True), linked], paging)


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
        pks = newest_first(list(session.scalars(by_id(query, PostRow.id, paging))), paging)
        return reading.load(session, pks, viewer_id)


def _narrowed(*, local: bool, remote: bool, only_media: bool) -> list[ColumnElement[bool]]:
    wanted = ((local, PostRow.local.is_(True)), (remote, PostRow.local.is_(False)), (only_media, _has_media()))
    return [condition for asked, condition in wanted if asked]


def _for_all() -> list[ColumnElement[bool]]:
    """What is public, by people who aren't silenced: whether it was let in yet isn't asked."""
    return [
        PostRow.visibility == Visibility.PUBLIC,
        PostRow.boost_of_pk.is_(None),
        ActorRow.silenced_at.is_(None),
        ActorRow.domain_silenced.is_(False),
    ]


def _has_tag(*names: str) -> ColumnElement[bool]:
    tags = [hashtags.key(name) for name in names]
    return exists().where(PostTagRow.post_pk == PostRow.pk, PostTagRow.tag.in_(tags))


def _has_media() -> ColumnElement[bool]:
    return exists().where(AttachmentRow.post_pk == PostRow.pk)


def _page(
    services: Services, viewer_id: int | None, wanted: Sequence[ColumnElement[bool]], paging: Paging
) -> list[PostView]:
    """A page of what is published, and of what waits of the viewer's own and belongs there once it is let in."""
    conditions = [*_for_all(), *wanted]
    published = posts_for(viewer_id, PostRow.pk, PostRow.id).where(
        PostRow.state == PostState.PUBLISHED, PostRow.outcome != Outcome.LIMIT, *conditions
    )
    if viewer_id is not None:
        published = published.where(not_muted(viewer_id, services.clock.now()))
    with services.db.read() as session:
        rows = session.execute(by_id(published, PostRow.id, paging)).all()
        return reading.load(session, own_waiting.beside(session, viewer_id, rows, conditions, paging), viewer_id)
