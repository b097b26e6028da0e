"""The timeline of a list: what its members post, through the visibility filter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import Session, aliased

from app.lists.tables import ListMemberRow, ListRow, RepliesPolicy
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import OWN_STATES, not_muted, posts_for
from app.services import Services
from app.timelines import home
from moderation.values import Visibility


def page(services: Services, row: ListRow, paging: Paging) -> list[PostView]:
    """A page of a list for its owner, newest first."""
    owner = row.account_id
    query = posts_for(owner, PostRow.pk).where(_belongs(row, services.clock.now()))
    with services.db.read() as session:
        pks = newest_first(list(session.scalars(by_id(query, PostRow.id, paging))), paging)
        return reading.load(session, pks, owner)


def load(session: Session, row: ListRow, public_ids: Sequence[int], now: datetime) -> list[PostView]:
    """Those of these posts that belong into the list's timeline."""
    return reading.load_public(session, public_ids, row.account_id, _belongs(row, now))


def _belongs(row: ListRow, now: datetime) -> ColumnElement[bool]:
    on_it = exists().where(ListMemberRow.list_id == row.id, ListMemberRow.actor_id == PostRow.actor_id)
    owner = row.account_id
    own = and_(PostRow.actor_id == owner, PostRow.state.in_(OWN_STATES), PostRow.visibility != Visibility.DIRECT)
    return and_(or_(home.of_followed(owner), own), on_it, _replies(row), not_muted(owner, now))


def _replies(row: ListRow) -> ColumnElement[bool]:
    if row.replies is RepliesPolicy.FOLLOWED:
        return home.concerns(row.account_id)
    plain = or_(
        PostRow.in_reply_to_uri.is_(None),
        PostRow.in_reply_to_actor_id == PostRow.actor_id,
        PostRow.in_reply_to_actor_id == row.account_id,
    )
    if row.replies is RepliesPolicy.NONE:
        return plain
    other = aliased(ListMemberRow)
    return or_(plain, exists().where(other.list_id == row.id, other.actor_id == PostRow.in_reply_to_actor_id))
