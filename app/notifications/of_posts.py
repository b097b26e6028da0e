"""What happens to posts, as notifications: held, released, edited, liked, gone."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, NotificationRow
from app.posts.tables import PostRow, PostState, QuoteRow, QuoteState
from app.services import Services


def held(session: Session, services: Services, actor_id: int, post_pk: int) -> None:
    """Tell an author that their post waits."""
    notify.add(session, services, NotificationDraft(actor_id, NotificationKind.HELD, actor_id, post_pk))


class Release(StrEnum):
    """How something that waited came to be let in: its author isn't told that somebody read what nobody did."""

    READ = "read"
    """A person decided."""
    UNREAD = "unread"
    """Its time was over before one did."""
    JUDGED = "judged"
    """It waited for a check, or for what it answers, and nobody had to read it."""


def released(session: Session, services: Services, post: PostRow, how: Release = Release.READ) -> None:
    """Tell an author that their post was let in: an ordinary notice, never a warning. That it waited is over."""
    waited = (NotificationRow.post_pk == post.pk, NotificationRow.kind == NotificationKind.HELD)
    session.execute(delete(NotificationRow).where(*waited))
    told = NotificationDraft(post.actor_id, NotificationKind.RELEASED, post.actor_id, post.pk, {"how": how.value})
    notify.add(session, services, told)


def edited(session: Session, services: Services, post: PostRow) -> None:
    """Tell the members who boosted or quoted a post that it reads differently now."""
    boosters = session.scalars(
        select(PostRow.actor_id).where(
            PostRow.boost_of_pk == post.pk, PostRow.local, PostRow.state == PostState.PUBLISHED
        )
    )
    quoters = session.execute(
        select(PostRow.actor_id, PostRow.pk)
        .join(QuoteRow, QuoteRow.post_pk == PostRow.pk)
        .where(
            QuoteRow.quoted_pk == post.pk,
            QuoteRow.state == QuoteState.ACCEPTED,
            PostRow.local,
            PostRow.state == PostState.PUBLISHED,
        )
    )
    drafts = [NotificationDraft(who, NotificationKind.UPDATE, post.actor_id, post.pk) for who in set(boosters)]
    drafts += [NotificationDraft(who, NotificationKind.QUOTED_UPDATE, post.actor_id, pk) for who, pk in quoters]
    notify.add_many(session, services, drafts)


def liked(session: Session, services: Services, actor_id: int, post: PostRow) -> None:
    """Tell an author that somebody likes their post."""
    notify.add(session, services, NotificationDraft(post.actor_id, NotificationKind.LIKE, actor_id, post.pk))


def quoted(session: Session, services: Services, quote: QuoteRow, post: PostRow) -> None:
    """Tell an author here that a post quotes theirs, with their leave or asking for it."""
    original = session.get(PostRow, quote.quoted_pk) if quote.quoted_pk is not None else None
    if original is not None and original.local and not post.as_request:
        who = NotificationDraft(original.actor_id, NotificationKind.QUOTE, post.actor_id, post.pk)
        notify.add(session, services, who)


def forget(session: Session, pks: Sequence[int]) -> None:
    """Nobody is told any more of posts that are gone."""
    session.execute(delete(NotificationRow).where(NotificationRow.post_pk.in_(pks)))
