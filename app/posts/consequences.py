"""What follows from a post's new state: who is told, where it is sent, whose feeds it enters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.federation import outgoing
from app.notifications import notify
from app.posts import published
from app.posts.published import PublishedPost
from app.posts.storing import Stored
from app.posts.tables import PostKind, PostRow, PostState
from app.services import Services
from app.stores import events
from app.timelines import fanout


def of_admission(services: Services, session: Session, stored: Sequence[Stored]) -> None:
    """A batch was stored: publish's consequences for those that went through, a word to authors whose posts wait."""
    through = [published.of_stored(item) for item in stored if item.opening.published]
    if through:
        _tell_and_spread(services, session, through)
        _send(services, session, [p for p in through if p.local])
    for item in stored:
        if item.draft.local and item.opening.state in (PostState.HELD, PostState.WAITING):
            held(services, session, item.pk, item.id, item.draft.actor_id)


def of_release(services: Services, session: Session, post: PostRow) -> None:
    """A post that waited was let in: everything that would have followed at once follows now."""
    session.flush()
    (item,) = published.of_rows(session, [post])
    _tell_and_spread(services, session, [item])
    _send(services, session, [item] if item.local else [])
    if post.local:
        notify.release(session, services, post)


def of_withdrawal(services: Services, session: Session, post: PostRow) -> None:
    """It was published and isn't any more: notifications go, clients are told, peers get a Delete of ours."""
    notify.forget_posts(session, [post.pk])
    if post.local:
        outgoing.post_deleted(session, services, post)
    gone(services, session, [post.id], post.actor_id)


def held(services: Services, session: Session, pk: int, public_id: int, actor_id: int) -> None:
    """Tell a member that their post waits: in any client, within a second."""
    notify.held(session, services, actor_id, pk)
    payload = {"id": public_id}
    after_commit(
        session, lambda: events.publish(services.redis, [events.user_channel(actor_id)], "update", payload)
    )


def edited(services: Services, session: Session, post: PostRow) -> None:
    """An edit became visible: clients redraw it, peers get an Update, those who boosted it are told."""
    notify.edited(session, services, post)
    if post.local:
        outgoing.post_edited(session, services, post)
    pk = post.pk
    after_commit(session, lambda: fanout.announce_edit(services, pk))


def gone(services: Services, session: Session, public_ids: Sequence[int], actor_id: int) -> None:
    """Clients drop what isn't there any more."""
    channels = [events.PUBLIC, events.user_channel(actor_id)]

    def tell() -> None:
        for public_id in public_ids:
            events.publish(services.redis, channels, "delete", {"id": public_id})

    after_commit(session, tell)
    after_commit(session, partial(fanout.forget_pages, services))


def _tell_and_spread(services: Services, session: Session, posts: Sequence[PublishedPost]) -> None:
    notify.for_posts(session, services, [post for post in posts if post.live])
    pks = [post.pk for post in posts if post.live]
    if pks:
        after_commit(session, lambda: fanout.fan_out(services, pks))
    after_commit(session, partial(fanout.forget_pages, services))


def _send(services: Services, session: Session, posts: Sequence[PublishedPost]) -> None:
    if not posts:
        return
    rows = {row.pk: row for row in session.scalars(select(PostRow).where(PostRow.pk.in_([p.pk for p in posts])))}
    for post in posts:
        if post.kind is PostKind.BOOST:
            outgoing.boosted(session, services, rows[post.pk])
        else:
            outgoing.post_created(session, services, rows[post.pk])


