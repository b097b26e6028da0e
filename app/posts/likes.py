"""Likes, by members and by remote actors."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import ForbiddenError
from app.federation import outgoing
from app.ids import IDS
from app.notifications import of_posts
from app.posts import counts, resolve
from app.posts.reading import PostView
from app.posts.tables import LikeRow, PostRow, PostState
from app.posts.terms import Deed
from app.search import index
from app.services import Services


def like(services: Services, actor_id: int, public_id: int) -> PostView:
    """A member likes a post that they can see; twice is once. Raises NotFoundError, or ForbiddenError where its author
    doesn't want that.
    """
    with services.db.write() as session:
        view = resolve.view(session, public_id, actor_id).shown
        post = view.post
        found = _find(session, actor_id, post.pk)
        if found is None:
            if session.get_one(ActorRow, actor_id).moved_to_uri is not None:
                raise ForbiddenError(_("This account has moved: use the new one"), code="moved")
            if not view.allows(Deed.LIKE):
                raise ForbiddenError(_("The author doesn’t allow you to like this post"), code="like_denied")
            row = _add(services, session, actor_id, post, uri=None)
            outgoing.liked(session, services, row)
    return _again(services, actor_id, public_id)


def unlike(services: Services, actor_id: int, public_id: int) -> PostView:
    """Take a like back; none is no error."""
    with services.db.write() as session:
        post = _target(session, actor_id, public_id)
        found = _find(session, actor_id, post.pk)
        if found is not None:
            outgoing.unliked(session, services, found)
            _take_back(session, found)
    return _again(services, actor_id, public_id)


def receive(services: Services, session: Session, actor_id: int, post: PostRow, uri: str) -> None:
    """A remote actor's Like of a published post."""
    if post.state is PostState.PUBLISHED and _find(session, actor_id, post.pk) is None:
        _add(services, session, actor_id, post, uri=uri)


def receive_undo(session: Session, actor_id: int, *, uri: str | None, post_pk: int | None) -> bool:
    """A remote actor takes a Like back, naming the Like or the post; whether there was one."""
    query = select(LikeRow).where(LikeRow.actor_id == actor_id)
    query = query.where(LikeRow.post_pk == post_pk) if post_pk is not None else query.where(LikeRow.uri == uri)
    found = session.scalar(query)
    if found is None:
        return False
    _take_back(session, found)
    return True


def _target(session: Session, actor_id: int, public_id: int) -> PostRow:
    return resolve.view(session, public_id, actor_id).shown.post


def _find(session: Session, actor_id: int, pk: int) -> LikeRow | None:
    return session.scalar(select(LikeRow).where(LikeRow.actor_id == actor_id, LikeRow.post_pk == pk))


def _add(services: Services, session: Session, actor_id: int, post: PostRow, *, uri: str | None) -> LikeRow:
    now = services.clock.now()
    identifier = IDS.take(now)
    row = LikeRow(
        id=identifier,
        actor_id=actor_id,
        post_pk=post.pk,
        uri=uri or services.settings.url(f"/likes/{identifier:x}"),
        created_at=now,
    )
    session.add(row)
    session.flush()
    counts.change(session, PostRow, PostRow.pk == post.pk, PostRow.likes_count, 1)
    of_posts.liked(session, services, actor_id, post)
    if uri is None:
        index.keep(session, post.pk)
    return row


def _take_back(session: Session, row: LikeRow) -> None:
    counts.change(session, PostRow, PostRow.pk == row.post_pk, PostRow.likes_count, -1)
    session.delete(row)


def _again(services: Services, actor_id: int, public_id: int) -> PostView:
    with services.db.read() as session:
        return resolve.view(session, public_id, actor_id)
