"""What is due in polls: new numbers go to other servers, and who is concerned hears that a poll is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation import outgoing, wanted
from app.federation.tables import Wanted
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind
from app.polls.due import due
from app.polls.tables import PollRow, PollVoteRow
from app.posts.tables import PostRow
from app.services import Services
from moderation.values import PUBLIC_KINDS


def drain(services: Services, limit: int = 100) -> int:
    """Do what is due; for how many polls."""
    now = services.clock.now()
    query = select(PollRow).where(due(now)).order_by(PollRow.post_pk).limit(limit)
    with services.db.write() as session:
        rows = session.scalars(query.with_for_update(skip_locked=True)).all()
        for row in rows:
            _do(session, services, row, now)
    return len(rows)


def _do(session: Session, services: Services, row: PollRow, now: datetime) -> None:
    post = session.scalar(select(PostRow).where(PostRow.pk == row.post_pk).with_for_update())
    over = row.close_at is not None and row.close_at <= now
    row.tell_at, row.told_at = None, now
    if post is None or post.poll is None:
        row.close_at = None
        return
    if over and row.close_at is not None:
        if post.local:
            post.poll = {**post.poll, "closed_at": row.close_at.isoformat()}
        row.close_at = None
        _tell_members(session, services, post)
        _ask_home(session, services, post)
    if post.local:
        outgoing.poll_counted(session, services, post)


def _tell_members(session: Session, services: Services, post: PostRow) -> None:
    voted = (
        select(ActorRow.id)
        .join(PollVoteRow, PollVoteRow.actor_id == ActorRow.id)
        .where(PollVoteRow.post_pk == post.pk, ActorRow.local.is_(True))
        .distinct()
    )
    concerned = {post.actor_id, *session.scalars(voted)}
    drafts = [NotificationDraft(who, NotificationKind.POLL, post.actor_id, post.pk) for who in sorted(concerned)]
    notify.add_many(session, services, drafts)


def _ask_home(session: Session, services: Services, post: PostRow) -> None:
    """How a poll from elsewhere ended, its home knows."""
    if not post.local and post.visibility in PUBLIC_KINDS:
        wanted.want(session, services, [post.uri], Wanted.AGAIN)
