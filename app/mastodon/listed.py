"""Lists that only the client API has: who liked and boosted a post, what a member likes; as viewers may see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import LikeRow, PostRow, PostState, QuoteRow, QuoteState
from app.posts.visibility import posts_for
from app.relationships.tables import BlockRow
from moderation.values import PUBLIC_KINDS


def likers(session: Session, pk: int, viewer_id: int | None, paging: Paging) -> list[tuple[int, ActorRow]]:
    """Who likes a post, with the like's id, newest first."""
    query: Select[Any, Any] = select(LikeRow.id, ActorRow).join(ActorRow, ActorRow.id == LikeRow.actor_id)
    query = by_id(query.where(LikeRow.post_pk == pk, _present(viewer_id)), LikeRow.id, paging)
    return [(row[0], row[1]) for row in newest_first(session.execute(query).all(), paging)]


def boosters(session: Session, pk: int, viewer_id: int | None, paging: Paging) -> list[tuple[int, ActorRow]]:
    """Who boosted a post for everybody to see, with the boost's id."""
    query: Select[Any, Any] = select(PostRow.id, ActorRow).join(ActorRow, ActorRow.id == PostRow.actor_id)
    query = query.where(
        PostRow.boost_of_pk == pk,
        PostRow.state == PostState.PUBLISHED,
        PostRow.visibility.in_(PUBLIC_KINDS),
        _present(viewer_id),
    )
    rows = session.execute(by_id(query, PostRow.id, paging)).all()
    return [(row[0], row[1]) for row in newest_first(rows, paging)]


def liked(session: Session, account_id: int, paging: Paging) -> list[tuple[int, PostView]]:
    """What a member likes and may still see, with the like's id."""
    query = posts_for(account_id, LikeRow.id, PostRow.pk).join(LikeRow, LikeRow.post_pk == PostRow.pk)
    query = by_id(query.where(LikeRow.actor_id == account_id), LikeRow.id, paging)
    rows = newest_first(session.execute(query).all(), paging)
    views = {view.post.pk: view for view in reading.load(session, [pk for _id, pk in rows], account_id)}
    return [(like_id, views[pk]) for like_id, pk in rows if pk in views]


def quotes(session: Session, pk: int, viewer_id: int, paging: Paging) -> list[PostView]:
    """What quotes a post with its author's leave, and this viewer may see."""
    query = posts_for(viewer_id, PostRow.pk).join(QuoteRow, QuoteRow.post_pk == PostRow.pk)
    query = query.where(
        QuoteRow.quoted_pk == pk, QuoteRow.state == QuoteState.ACCEPTED, PostRow.state == PostState.PUBLISHED
    )
    pks = newest_first(session.scalars(by_id(query, PostRow.id, paging)).all(), paging)
    return reading.load(session, pks, viewer_id)


def _present(viewer_id: int | None) -> ColumnElement[bool]:
    here = ActorRow.suspended_at.is_(None) & ActorRow.deleted_at.is_(None) & ~ActorRow.domain_hidden
    if viewer_id is None:
        return here
    mine = exists().where(BlockRow.blocker_id == viewer_id, BlockRow.target_id == ActorRow.id)
    theirs = exists().where(BlockRow.blocker_id == ActorRow.id, BlockRow.target_id == viewer_id)
    return here & ~or_(mine, theirs)
