"""Find posts by what they say, for a member: theirs, what they keep or are named in, and what wants to be found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_, select, text
from sqlalchemy.orm import Session, aliased, selectinload

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.bookmarks.tables import BookmarkRow
from app.posts import own_waiting, reading
from app.posts.reading import PostView
from app.posts.tables import AttachmentRow, LikeRow, MentionRow, PostRow, PostState
from app.posts.visibility import posts_for
from app.search import index, schema
from app.search import query as queries
from app.search.query import Condition, Query
from app.services import Services
from moderation.values import Visibility

MOST_WAITING: Final = 100
"""So many of one's own that wait are read through for words, the newest."""
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
        return reading.load(session, _found(session, services, viewer_id, query, wanted), viewer_id)


def _found(session: Session, services: Services, viewer_id: int, query: Query, wanted: Wanted) -> list[int]:
    conditions = _conditions(session, services, viewer_id, query, wanted)
    published = posts_for(viewer_id, PostRow.pk, PostRow.id).where(
        PostRow.state == PostState.PUBLISHED, _findable(viewer_id), *conditions
    )
    order = PostRow.id
    if query.words:
        published, order = _matching(session, published, query)
    elif query.terms:
        published = published.where(~_says_any(session, query))
    published = published.order_by(order.desc())
    waiting = _waiting(session, viewer_id, query, conditions)
    if not waiting:
        return [row.pk for row in session.execute(published.limit(wanted.limit).offset(wanted.offset))]
    end = wanted.offset + wanted.limit
    rows = session.execute(published.limit(end)).all()
    found = own_waiting.between(rows, waiting, key=lambda row: row.id if order is PostRow.id else row.pk)
    return [row.pk for row in found[wanted.offset : end]]


def _waiting(
    session: Session, viewer_id: int, query: Query, conditions: Sequence[ColumnElement[bool]]
) -> list[own_waiting.Place]:
    """What waits of the viewer's own and is found, of the newest `MOST_WAITING`. No index has its words."""
    if not own_waiting.any_of(session, viewer_id):
        return []
    newest = own_waiting.own(viewer_id, *conditions).order_by(PostRow.id.desc()).limit(MOST_WAITING)
    places = list(session.execute(newest))
    if not query.terms:
        return places
    read = select(PostRow).where(PostRow.pk.in_([row.pk for row in places]))
    posts = session.scalars(read.options(selectinload(PostRow.attachments), selectinload(PostRow.tags)))
    said = {post.pk for post in posts if queries.matches(query.terms, index.words_in(post))}
    return [row for row in places if row.pk in said]


def _conditions(
    session: Session, services: Services, viewer_id: int, query: Query, wanted: Wanted
) -> list[ColumnElement[bool]]:
    """What isn't about words."""
    conditions: list[ColumnElement[bool]] = [PostRow.boost_of_pk.is_(None)]  # of a boost the index has no words, either
    conditions += [_condition(session, services, viewer_id, one) for one in query.conditions]
    limits: tuple[tuple[Any, Callable[[Any], ColumnElement[bool]]], ...] = (
        (query.since, lambda since: PostRow.published_at >= since),
        (query.until, lambda until: PostRow.published_at < until),
        (wanted.account_id, lambda author: PostRow.actor_id == author),
        (wanted.max_id, lambda most: PostRow.id < most),
        (wanted.min_id, lambda least: PostRow.id > least),
    )
    return conditions + [make(value) for value, make in limits if value is not None]


def _matching(session: Session, found: Select[Any], query: Query) -> tuple[Select[Any], Any]:
    """On SQLite in the index's own order, which it needn't sort: that of arrival, nearly that of publication."""
    if session.get_bind().dialect.name == "sqlite":
        table = schema.SQLITE
        matched = text(f"{schema.NAME} MATCH :match").bindparams(match=queries.for_sqlite(query.terms))
        return found.join(table, table.c.rowid == PostRow.pk).where(matched), table.c.rowid
    table = schema.POSTGRESQL
    asked = func.websearch_to_tsquery("simple", queries.for_postgresql(query.terms))
    return found.join(table, table.c.post_pk == PostRow.pk).where(table.c.words.op("@@")(asked)), PostRow.id


def _says_any(session: Session, query: Query) -> ColumnElement[bool]:
    """Whether a post has any of these words: asked where nothing but words that aren't wanted is named."""
    if session.get_bind().dialect.name == "sqlite":
        table = schema.SQLITE
        matched = text(f"{schema.NAME} MATCH :match").bindparams(match=queries.for_any(query.terms))
        return exists(select(table.c.rowid).where(table.c.rowid == PostRow.pk, matched))
    table = schema.POSTGRESQL
    asked = func.websearch_to_tsquery("simple", queries.for_any(query.terms))
    return exists(select(table.c.post_pk).where(table.c.post_pk == PostRow.pk, table.c.words.op("@@")(asked)))


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
