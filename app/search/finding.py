"""Find posts by what they say, for a member: theirs, what they keep or are named in, and what wants to be found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.bookmarks.tables import BookmarkRow
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import AttachmentRow, LikeRow, MentionRow, PostRow, PostState
from app.posts.visibility import posts_for
from app.search import query as queries
from app.search import schema
from app.search.query import Condition, Query
from app.services import Services
from moderation.values import Visibility

_Boost = aliased(PostRow)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and which page of it; `account_id`: of this author alone."""

    text: str
    limit: int = 20
    offset: int = 0
    account_id: int | None = None
    max_id: int | None = None
    min_id: int | None = None


def posts(services: Services, viewer_id: int, wanted: Wanted) -> list[PostView]:
    """The posts, newest first. Each is one that the viewer may see now, whatever the index says."""
    query = queries.parse(wanted.text)
    if not query.asks and wanted.account_id is None:
        return []
    with services.db.read() as session:
        pks = session.scalars(_select(session, services, viewer_id, query, wanted)).all()
        return reading.load(session, pks, viewer_id)


def _select(session: Session, services: Services, viewer_id: int, query: Query, wanted: Wanted) -> Select[Any]:
    found = posts_for(viewer_id, PostRow.pk).where(PostRow.state == PostState.PUBLISHED, _findable(viewer_id))
    order: ColumnElement[Any] = PostRow.id.desc()
    if any(not term.without for term in query.terms):
        found, order = _matching(session, found, query)
    found = found.where(*(_condition(session, services, viewer_id, one) for one in query.conditions))
    if query.since is not None:
        found = found.where(PostRow.published_at >= query.since)
    if query.until is not None:
        found = found.where(PostRow.published_at < query.until)
    if wanted.account_id is not None:
        found = found.where(PostRow.actor_id == wanted.account_id)
    if wanted.max_id is not None:
        found = found.where(PostRow.id < wanted.max_id)
    if wanted.min_id is not None:
        found = found.where(PostRow.id > wanted.min_id)
    return found.order_by(order).limit(wanted.limit).offset(wanted.offset)


def _matching(session: Session, found: Select[Any], query: Query) -> tuple[Select[Any], ColumnElement[Any]]:
    """On SQLite in the index's own order, which it needn't sort: that of arrival, nearly that of publication."""
    if session.get_bind().dialect.name == "sqlite":
        index = schema.SQLITE
        matched = text(f"{schema.NAME} MATCH :match").bindparams(match=queries.for_sqlite(query.terms))
        return found.join(index, index.c.rowid == PostRow.pk).where(matched), index.c.rowid.desc()
    index = schema.POSTGRESQL
    asked = func.websearch_to_tsquery("simple", queries.for_postgresql(query.terms))
    return found.join(index, index.c.post_pk == PostRow.pk).where(index.c.words.op("@@")(asked)), PostRow.id.desc()


def _findable(viewer_id: int) -> ColumnElement[bool]:
    return or_(and_(PostRow.visibility == Visibility.PUBLIC, ActorRow.indexable), _of_library(viewer_id))


def _of_library(viewer_id: int) -> ColumnElement[bool]:
    """One's own, and what one likes, keeps, boosted or is named in."""
    return or_(
        PostRow.actor_id == viewer_id,
        exists().where(LikeRow.post_pk == PostRow.pk, LikeRow.actor_id == viewer_id),
        exists().where(BookmarkRow.post_pk == PostRow.pk, BookmarkRow.account_id == viewer_id),
        exists().where(MentionRow.post_pk == PostRow.pk, MentionRow.actor_id == viewer_id),
        exists().where(_Boost.boost_of_pk == PostRow.pk, _Boost.actor_id == viewer_id),
    )


def _condition(session: Session, services: Services, viewer_id: int, one: Condition) -> ColumnElement[bool]:
    if one.name == "from":
        holds = _author(session, services, viewer_id, one.value)
    elif one.name == "language":
        holds = PostRow.language == one.value
    elif one.name == "in":
        holds = {"library": _of_library(viewer_id), "public": PostRow.visibility == Visibility.PUBLIC}.get(
            one.value, PostRow.pk.is_not(None)
        )
    elif one.name == "is":
        holds = PostRow.in_reply_to_uri.is_not(None) if one.value == "reply" else PostRow.sensitive.is_(True)
    else:
        holds = _has(one.value)
    return ~func.coalesce(holds, false()) if one.without else holds


def _author(session: Session, services: Services, viewer_id: int, name: str) -> ColumnElement[bool]:
    if name == "me":
        return PostRow.actor_id == viewer_id
    actor = lookup.find_by_handle(session, services.settings, name.removeprefix("@"))
    return false() if actor is None else PostRow.actor_id == actor.id


def _has(what: str) -> ColumnElement[bool]:
    if what == "poll":
        return PostRow.poll.is_not(None)
    attached = select(AttachmentRow.id).where(AttachmentRow.post_pk == PostRow.pk)
    if what != "media":
        attached = attached.where(AttachmentRow.media_type.like(f"{what}/%"))
    return attached.exists()
