"""The timeline of a list: what its members post, through the visibility filter."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, or_
from sqlalchemy.orm import aliased

from app.lists.tables import ListMemberRow, ListRow, RepliesPolicy
from app.paging import Paging, by_id, newest_first
from app.posts import reading
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import not_muted, posts_for
from app.services import Services
from app.timelines import home


def page(services: Services, row: ListRow, paging: Paging) -> list[PostView]:
    """A page of a list for its owner, newest first."""
    owner = row.account_id
    on_it = exists().where(ListMemberRow.list_id == row.id, ListMemberRow.actor_id == PostRow.actor_id)
    query = posts_for(owner, PostRow.pk).where(
        home.of_followed(owner), on_it, _replies(row), not_muted(owner, services.clock.now())
    )
    with services.db.read() as session:
        pks = newest_first(list(session.scalars(by_id(query, PostRow.id, paging))), paging)
        return reading.load(session, pks, owner)


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
