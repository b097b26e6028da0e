"""Keep a post for later, let it go again, and read what one keeps."""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import writers
from app.bookmarks.tables import BookmarkRow
from app.ids import IDS
from app.paging import Paging, by_id, newest_first
from app.posts import reading, resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.posts.visibility import posts_for
from app.search import index
from app.services import Services


def keep(services: Services, account_id: int, public_id: int) -> PostView:
    """Keep a post that one can see; twice is once. Raises NotFoundError."""
    now = services.clock.now()
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        pk = resolve.view(session, public_id, account_id).shown.post.pk
        mine = select(BookmarkRow.id).where(BookmarkRow.account_id == account_id, BookmarkRow.post_pk == pk)
        if session.scalar(mine) is None:
            session.add(BookmarkRow(id=IDS.take(now), account_id=account_id, post_pk=pk, created_at=now))
            index.keep(session, pk)
    return _again(services, account_id, public_id)


def let_go(services: Services, account_id: int, public_id: int) -> PostView:
    """Keep it no longer; none is no error. Raises NotFoundError for a post that can't be seen."""
    with services.db.write() as session:
        pk = resolve.view(session, public_id, account_id).shown.post.pk
        session.execute(delete(BookmarkRow).where(BookmarkRow.account_id == account_id, BookmarkRow.post_pk == pk))
    return _again(services, account_id, public_id)


def kept(session: Session, account_id: int, paging: Paging) -> list[tuple[int, PostView]]:
    """What a member keeps and may still see, with the bookmark's id, by which the list is paged."""
    query = posts_for(account_id, BookmarkRow.id, PostRow.pk).join(BookmarkRow, BookmarkRow.post_pk == PostRow.pk)
    query = by_id(query.where(BookmarkRow.account_id == account_id), BookmarkRow.id, paging)
    rows = newest_first(session.execute(query).all(), paging)
    views = {view.post.pk: view for view in reading.load(session, [pk for _id, pk in rows], account_id)}
    return [(bookmark_id, views[pk]) for bookmark_id, pk in rows if pk in views]


def _again(services: Services, account_id: int, public_id: int) -> PostView:
    with services.db.read() as session:
        return resolve.view(session, public_id, account_id)
