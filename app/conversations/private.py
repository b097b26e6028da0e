"""A member's private conversations, each with its last post; read, and put away.

A conversation is known to clients by the id of its first post that the member may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.accounts.tables import ActorRow
from app.conversations import marking
from app.conversations.tables import ConversationMarkRow
from app.errors import NotFoundError
from app.paging import Paging
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import MentionRow, PostKind, PostRow
from app.posts.visibility import posts_for
from app.services import Services
from moderation.values import Visibility


@dataclass(frozen=True, slots=True)
class Conversation:
    """One of them. `people`: everybody else who takes part in its last post."""

    id: int
    unread: bool
    last: PostView
    people: tuple[ActorRow, ...]


def page(session: Session, account_id: int, paging: Paging) -> list[Conversation]:
    """A page, the one with the newest post first; it is paged by the last posts' ids."""
    last = func.max(PostRow.id)
    query = _grouped(account_id)
    if paging.max_id is not None:
        query = query.having(last < paging.max_id)
    if paging.since_id is not None:
        query = query.having(last > paging.since_id)
    if paging.min_id is not None:
        query = query.having(last > paging.min_id)
    query = query.order_by(last.asc() if paging.upwards else last.desc()).limit(paging.limit)
    rows = session.execute(query).all()
    return _views(session, account_id, list(reversed(rows)) if paging.upwards else list(rows))


def of_post(session: Session, account_id: int, public_id: int) -> Conversation | None:
    """The one whose last post is this one; None where it has another, or the member may not see it."""
    its = select(PostRow.conversation).where(PostRow.id == public_id).scalar_subquery()
    row = session.execute(_grouped(account_id).where(PostRow.conversation == its)).first()
    return next(iter(_views(session, account_id, [row])), None) if row is not None and row.last == public_id else None


def read(services: Services, account_id: int, conversation_id: int) -> Conversation:
    """The member has read it. Raises NotFoundError."""
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = _find(session, account_id, conversation_id)
        marking.of(session, account_id, row.conversation).read_to = row.last
    with services.db.read() as session:
        return _views(session, account_id, [_find(session, account_id, conversation_id)])[0]


def put_away(services: Services, account_id: int, conversation_id: int) -> None:
    """Take it out of the list, until somebody writes again. Raises NotFoundError."""
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        row = _find(session, account_id, conversation_id)
        marking.of(session, account_id, row.conversation).hidden_to = row.last


def _grouped(account_id: int) -> Select[Any]:
    """By conversation, its first and last post that the member may see, unless it was put away since."""
    mentioned = exists().where(MentionRow.post_pk == PostRow.pk, MentionRow.actor_id == account_id)
    marks = and_(ConversationMarkRow.account_id == account_id, ConversationMarkRow.conversation == PostRow.conversation)
    columns = (
        PostRow.conversation,
        func.min(PostRow.id).label("first"),
        func.max(PostRow.id).label("last"),
        func.coalesce(func.max(ConversationMarkRow.read_to), 0).label("read_to"),
    )
    return (
        posts_for(account_id, *columns)
        .outerjoin(ConversationMarkRow, marks)
        .where(
            PostRow.visibility == Visibility.DIRECT,
            PostRow.kind != PostKind.BOOST,
            or_(PostRow.actor_id == account_id, mentioned),
        )
        .group_by(PostRow.conversation)
        .having(func.max(PostRow.id) > func.coalesce(func.max(ConversationMarkRow.hidden_to), 0))
    )


def _find(session: Session, account_id: int, conversation_id: int) -> Any:
    its = select(PostRow.conversation).where(PostRow.id == conversation_id).scalar_subquery()
    row = session.execute(_grouped(account_id).where(PostRow.conversation == its)).first()
    if row is None:
        raise NotFoundError
    return row


def _views(session: Session, account_id: int, rows: Sequence[Any]) -> list[Conversation]:
    pks = {
        row.id: row.pk
        for row in session.execute(select(PostRow.id, PostRow.pk).where(PostRow.id.in_([row.last for row in rows])))
    }
    views = {view.post.id: view for view in reading.load(session, pks.values(), account_id)}
    found = []
    for row in rows:
        last = views.get(row.last)
        if last is not None:
            mine = last.post.actor_id == account_id
            unread = not mine and not last.post.as_request and row.last > row.read_to
            found.append(Conversation(row.first, unread, last, _people(last, account_id)))
    return found


def _people(view: PostView, account_id: int) -> tuple[ActorRow, ...]:
    named = (view.post.actor, *(mention.actor for mention in view.post.mentions))
    others = {actor.id: actor for actor in named if actor.id != account_id}
    return tuple(others.values())
