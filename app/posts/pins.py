"""Posts that stand first on their author's profile: a few, public, the author's own; peers know them as `featured`."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.errors import InvalidError
from app.federation import outgoing
from app.posts import reading, resolve
from app.posts.reading import PostView
from app.posts.tables import PinRow, PostKind, PostRow, PostState
from app.posts.visibility import posts_for
from app.services import Services
from moderation.values import PUBLIC_KINDS

MOST = 5
MOST_ELSEWHERE = 20


def pin(services: Services, actor_id: int, public_id: int) -> PostView:
    """Pin a post of one's own; twice is once. Raises NotFoundError, InvalidError."""
    with services.db.write() as session:
        post = resolve.own(session, public_id, actor_id)
        if post.state is not PostState.PUBLISHED or post.visibility not in PUBLIC_KINDS or post.kind is PostKind.BOOST:
            raise InvalidError(_("Only a public post of your own can be pinned"), code="not_pinnable")
        if session.get(PinRow, post.pk) is None:
            if _number(session, actor_id) >= MOST:
                raise InvalidError(_("You have pinned as many posts as can be pinned"), code="too_many_pins")
            session.add(PinRow(post_pk=post.pk, actor_id=actor_id, pinned_at=services.clock.now()))
            outgoing.pinned(session, services, post)
    return _again(services, actor_id, post.id)


def unpin(services: Services, actor_id: int, public_id: int) -> PostView:
    """Take a pin away; none is no error. Raises NotFoundError."""
    with services.db.write() as session:
        post = resolve.own(session, public_id, actor_id)
        row = session.get(PinRow, post.pk)
        if row is not None:
            session.delete(row)
            outgoing.unpinned(session, services, post)
    return _again(services, actor_id, post.id)


def receive(session: Session, services: Services, actor_id: int, post: PostRow) -> bool:
    """Somebody elsewhere pins a post of theirs; whether it is pinned now."""
    if post.actor_id != actor_id or post.kind is PostKind.BOOST:
        return False
    if session.get(PinRow, post.pk) is None:
        if _number(session, actor_id) >= MOST_ELSEWHERE:
            return False
        session.add(PinRow(post_pk=post.pk, actor_id=actor_id, pinned_at=services.clock.now()))
    return True


def receive_removal(session: Session, actor_id: int, uri: str) -> bool:
    """Somebody elsewhere takes a pin away; whether there was one."""
    post = select(PostRow.pk).where(PostRow.uri == uri)
    gone = delete(PinRow).where(PinRow.actor_id == actor_id, PinRow.post_pk.in_(post)).returning(PinRow.post_pk)
    return session.execute(gone.execution_options(synchronize_session=False)).first() is not None


def of_author(session: Session, actor_id: int, viewer_id: int | None) -> list[PostView]:
    """An author's pinned posts that this viewer may see, the latest pin first."""
    pinned = posts_for(viewer_id, PostRow.pk).join(PinRow, PinRow.post_pk == PostRow.pk)
    query = pinned.where(PinRow.actor_id == actor_id, PostRow.state == PostState.PUBLISHED)
    return reading.load(session, session.scalars(query.order_by(PinRow.pinned_at.desc())), viewer_id)


def _number(session: Session, actor_id: int) -> int:
    return session.scalar(select(func.count()).where(PinRow.actor_id == actor_id)) or 0


def _again(services: Services, actor_id: int, public_id: int) -> PostView:
    with services.db.read() as session:
        return resolve.view(session, public_id, actor_id)
