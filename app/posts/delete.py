"""Deletion: by a local author, or by the remote author's server. Evidence stays with moderation."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bookmarks.tables import BookmarkRow
from app.federation import outgoing
from app.filters.tables import FilterPostRow
from app.notifications import of_posts
from app.polls.tables import PollRow, PollVoteRow
from app.posts import consequences, counts, door, resolve
from app.posts.tables import (
    AttachmentRow,
    LikeRow,
    MentionRow,
    PendingEditRow,
    PinRow,
    PostRow,
    PostState,
    PostTagRow,
    PostVersionRow,
    QuoteRow,
)
from app.preservation import copies
from app.quotes import making
from app.search import index
from app.services import Services
from app.trends.tables import TrendRow
from app.uploads import keeping
from moderation import turns
from moderation.evidence.changes import AUTHOR, Doer
from moderation.holds import deleting

_HANGING_ON = (
    AttachmentRow,
    BookmarkRow,
    FilterPostRow,
    LikeRow,
    MentionRow,
    PinRow,
    PollRow,
    PollVoteRow,
    PostTagRow,
    PendingEditRow,
    PostVersionRow,
    QuoteRow,
    TrendRow,
)


def delete(services: Services, actor_id: int, public_id: int, *, keep_pictures: bool = False) -> None:
    """A member deletes a post of theirs; one that waits is taken back for good. Raises NotFoundError.

    `keep_pictures`: what it showed can be put into another post for a day.
    """
    with services.db.write() as session:
        turns.take(session)
        post = resolve.own(session, public_id, actor_id)
        if post.state is PostState.PUBLISHED:
            outgoing.post_deleted(session, services, post)
        if keep_pictures:
            keeping.let_go(services, session, post)
        remove(services, session, post, by=post.actor_id)


def forget_remote(services: Services, deleted: Sequence[tuple[str, int]], doer: Doer = AUTHOR) -> int:
    """Remote authors deleted these, or their server did: pairs of (post URI, actor id). Only an author's own are taken;
    how many."""
    count = 0
    with services.db.write() as session:
        turns.take(session)
        for uri, actor_id in deleted:
            post = session.scalar(select(PostRow).where(PostRow.uri == uri, PostRow.actor_id == actor_id))
            if post is not None and post.state is not PostState.DELETED:
                remove(services, session, post, by=actor_id, doer=doer)
                count += 1
    return count


def remove(services: Services, session: Session, post: PostRow, *, by: int, doer: Doer = AUTHOR) -> None:
    """Empty a post and everything that hangs on it, boosts of it included."""
    now = services.clock.now()
    boosts = session.scalars(
        select(PostRow).where(PostRow.boost_of_pk == post.pk, PostRow.state != PostState.DELETED)
    ).all()
    _tell_clients(services, session, [post, *boosts])
    for boost in boosts:
        _empty(services, session, boost)
    copies.of_post(session, services, post)
    deleting.deleted(session, post.uri, str(by), now, doer)
    making.of_deleted(session, services, [post.pk])
    _empty(services, session, post)


def _tell_clients(services: Services, session: Session, posts: Sequence[PostRow]) -> None:
    consequences.gone(services, session, [post for post in posts if post.state is PostState.PUBLISHED])
    for post in posts:
        if post.state in consequences.WAITS:
            consequences.dropped(services, session, post)


def _empty(services: Services, session: Session, post: PostRow) -> None:
    if post.state is PostState.PUBLISHED:
        counts.unpublished(session, post)
    of_posts.forget(session, [post.pk])
    for table in _HANGING_ON:
        session.execute(sql_delete(table).where(table.post_pk == post.pk))
    index.drop(session, [post.pk])
    door.delete(session, post, services.clock.now())
