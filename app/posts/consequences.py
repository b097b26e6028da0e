"""What follows from a post's new state: who is told, where it is sent, whose feeds it enters."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.federation import outgoing, wanted
from app.federation.tables import Wanted
from app.notifications import notify, of_posts
from app.notifications.of_posts import Release
from app.posts import answering, published
from app.posts.published import PublishedPost
from app.posts.storing import Stored
from app.posts.tables import PostKind, PostRow, PostState
from app.quotes import making, shown
from app.services import Services
from app.stores import events
from app.stores.jobs import Job
from app.timelines import fanout
from moderation.cases.reversals import UNDO_WINDOW

WAITS = answering.WAITS


def of_admission(services: Services, session: Session, stored: Sequence[Stored]) -> None:
    """A batch was stored: those that went through reach people, authors hear of those that wait."""
    making.of_batch(session, services, stored)
    _publish(services, session, [published.of_stored(item) for item in stored if item.opening.published])
    for item in stored:
        if item.draft.local and item.opening.state in WAITS:
            held(services, session, item.pk, item.id, item.draft.actor_id)


def of_release(services: Services, session: Session, post: PostRow, how: Release = Release.READ) -> None:
    """A post that waited was let in: everything that would have followed at once follows now."""
    session.flush()
    _publish(services, session, published.of_rows(session, [post]))
    if post.local:
        of_posts.released(session, services, post, how)
    if answering.is_answered(session, post):
        after_commit(session, partial(services.nudger.nudge, Job.REJUDGE))


def of_withdrawal(services: Services, session: Session, post: PostRow) -> None:
    """It was published and isn't any more: notifications go, clients are told, peers get a Delete of ours."""
    of_posts.forget(session, [post.pk])
    if post.local:
        # A decision can be undone for a while, and a Delete elsewhere can't.
        outgoing.post_deleted(session, services, post, not_before=services.clock.now() + UNDO_WINDOW)
    boosts = select(PostRow).where(PostRow.boost_of_pk == post.pk, PostRow.state == PostState.PUBLISHED)
    gone(services, session, [post, *session.scalars(boosts)])


def held(services: Services, session: Session, pk: int, public_id: int, actor_id: int) -> None:
    """Tell a member that their post waits: in any client, within a second."""
    of_posts.held(session, services, actor_id, pk)
    after_commit(session, partial(fanout.show_to_author, services, actor_id, public_id))


def edited(services: Services, session: Session, post: PostRow) -> None:
    """An edit became visible: clients redraw it, peers get an Update, those who boosted it are told."""
    of_posts.edited(session, services, post)
    if post.local:
        outgoing.post_edited(session, services, post)
    after_commit(session, partial(fanout.announce_edit, services, post.pk))


def gone(services: Services, session: Session, posts: Sequence[PostRow]) -> None:
    """What was shown isn't there any more: whoever was sent it drops it. Called while it has its tags."""
    after_commit(session, partial(fanout.announce_gone, services, fanout.channels_of(session, posts)))


def dropped(services: Services, session: Session, post: PostRow) -> None:
    """What waited won't be shown: only its author ever saw it."""
    after_commit(session, partial(fanout.announce_gone, services, {post.id: [events.user_channel(post.actor_id)]}))


def _publish(services: Services, session: Session, posts: Sequence[PublishedPost]) -> None:
    live = [post for post in posts if post.live]
    notify.for_posts(session, services, live)
    for post in posts:
        if post.local and post.kind is PostKind.BOOST:
            outgoing.boosted(session, services, session.get_one(PostRow, post.pk))
        elif post.local:
            outgoing.post_created(session, services, post)
    quoting = [post.pk for post in posts if post.quoting]
    if quoting:
        shown.of_posts(session, services, quoting, live=frozenset(post.pk for post in live))
    parents = [post.lacks for post in live if post.lacks is not None and not post.local]
    if parents:
        wanted.want(session, services, parents, Wanted.POST)
    if live:
        after_commit(session, partial(fanout.spread, services, live))
