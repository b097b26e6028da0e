"""Follow, Accept, Reject, Block, Like and the Undo of each: who stands how to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.federation import relays
from app.federation.outcomes import DONE, Item, Outcome, refused
from app.federation.tables import InboxActivityRow, IntakeState
from app.federation.wire.values import Accept, Block, Embedded, Follow, Like, Reject, Undo
from app.posts import delete, likes
from app.posts.tables import PostRow, PostState
from app.quotes import asked
from app.relationships import received
from app.services import Services


def follow(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere wants to follow a member."""
    with services.db.write() as session:
        return [_follow(session, services, item) for item in items]


def accept(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere lets a member follow or quote them."""
    with services.db.write() as session:
        return [_accept(session, services, item) for item in items]


def reject(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere doesn't, or not any more."""
    with services.db.write() as session:
        return [_reject(session, services, item) for item in items]


def block(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere blocks a member."""
    with services.db.write() as session:
        return [_block(session, services, item) for item in items]


def like(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere likes a post."""
    with services.db.write() as session:
        wanted = [cast(Like, item.activity).object_uri for item in items]
        posts = {post.uri: post for post in session.scalars(select(PostRow).where(PostRow.uri.in_(wanted)))}
        return [_like(session, services, item, posts.get(uri)) for item, uri in zip(items, wanted, strict=True)]


def undo(services: Services, items: Sequence[Item]) -> list[Outcome]:
    """Somebody elsewhere takes back a follow, a like, a boost or a block."""
    return [_undo(services, item) for item in items]


def _follow(session: Session, services: Services, item: Item) -> Outcome:
    activity = cast(Follow, item.activity)
    if activity.object_uri == services.settings.url("/actor"):
        answered = relays.follows_back(session, services, item.actor, activity)
        return DONE if answered else refused("follow_of_the_server")
    target = _member(session, activity.object_uri)
    if target is None:
        return refused("follow_of_nobody_here")
    row = received.receive_follow(session, services, _row(session, item), target, activity.uri)
    return DONE if row is not None else refused("follow_turned_away")


def _accept(session: Session, services: Services, item: Item) -> Outcome:
    activity, actor = cast(Accept, item.activity), _row(session, item)
    inner = activity.object
    if relays.answered(session, services, actor, inner, accepted=True):
        return DONE
    if inner.type != "Follow" and asked.accepted(session, services, actor.id, inner, activity.result):
        return DONE
    if inner.type == "QuoteRequest":
        return refused("accept_of_nothing")
    if inner.uri is not None and received.received_accept(session, services, actor, inner.uri):
        return DONE
    follower = _member(session, inner.actor)
    if follower is not None and received.received_accept_from(session, services, actor, follower):
        return DONE
    return refused("accept_of_nothing")


def _reject(session: Session, services: Services, item: Item) -> Outcome:
    inner, actor = cast(Reject, item.activity).object, _row(session, item)
    if relays.answered(session, services, actor, inner, accepted=False):
        return DONE
    if inner.type != "Follow" and asked.rejected(session, services, actor.id, inner):
        return DONE
    if inner.type == "QuoteRequest":
        return refused("reject_of_nothing")
    if inner.uri is not None and received.received_reject(session, services, actor, inner.uri):
        return DONE
    follower = _member(session, inner.actor)
    if follower is not None and received.received_reject_from(session, services, actor, follower):
        return DONE
    return refused("reject_of_nothing")


def _block(session: Session, services: Services, item: Item) -> Outcome:
    activity = cast(Block, item.activity)
    target = _member(session, activity.object_uri)
    if target is None:
        return refused("block_of_nobody_here")
    received.receive_block(session, services, _row(session, item), target, activity.uri)
    return DONE


def _like(session: Session, services: Services, item: Item, post: PostRow | None) -> Outcome:
    if post is None or post.state is not PostState.PUBLISHED:
        return refused("like_of_nothing_here")
    likes.receive(services, session, item.actor.id, post, cast(Like, item.activity).uri)
    return DONE


def _undo(services: Services, item: Item) -> Outcome:
    inner = cast(Undo, item.activity).object
    undone = [
        _UNDOERS[kind](services, item.actor.id, inner)
        for kind in ((inner.type,) if inner.type is not None else tuple(_UNDOERS))
        if kind in _UNDOERS
    ]
    waiting = inner.uri is not None and _forget_waiting(services, item, inner.uri)
    return DONE if waiting or any(undone) else refused("undo_of_nothing")


def _undo_follow(services: Services, actor_id: int, inner: Embedded) -> bool:
    with services.db.write() as session:
        actor, target = session.get_one(ActorRow, actor_id), _member(session, inner.object_uri)
        return received.received_undo_follow(session, services, actor, follow_uri=inner.uri, target=target)


def _undo_like(services: Services, actor_id: int, inner: Embedded) -> bool:
    with services.db.write() as session:
        post_pk = None
        if inner.object_uri is not None:
            post_pk = session.scalar(select(PostRow.pk).where(PostRow.uri == inner.object_uri))
        return likes.receive_undo(session, actor_id, uri=inner.uri, post_pk=post_pk)


def _undo_announce(services: Services, actor_id: int, inner: Embedded) -> bool:
    with services.db.read() as session:
        mine = select(PostRow.uri).where(PostRow.actor_id == actor_id, PostRow.boost_of_pk.is_not(None))
        uri = session.scalar(mine.where(PostRow.uri == inner.uri))
        if uri is None and inner.object_uri is not None:
            original = select(PostRow.pk).where(PostRow.uri == inner.object_uri)
            boosts = mine.where(PostRow.boost_of_pk.in_(original), PostRow.state != PostState.DELETED)
            uri = session.scalars(boosts.limit(1)).first()
    return uri is not None and delete.forget_remote(services, [(uri, actor_id)]) > 0


def _undo_block(services: Services, actor_id: int, inner: Embedded) -> bool:
    with services.db.write() as session:
        target = _member(session, inner.object_uri)
        if target is None:
            return False
        return received.received_undo_block(session, session.get_one(ActorRow, actor_id), target)


_UNDOERS = {
    "Follow": _undo_follow,
    "Like": _undo_like,
    "EmojiReact": _undo_like,
    "Announce": _undo_announce,
    "Block": _undo_block,
}


def _forget_waiting(services: Services, item: Item, uri: str) -> bool:
    """What is taken back while it still waits (a boost of a held post) mustn't be done later."""
    with services.db.write() as session:
        ended = session.execute(
            update(InboxActivityRow)
            .where(
                InboxActivityRow.activity_uri == uri,
                InboxActivityRow.actor_uri == item.actor.uri,
                InboxActivityRow.state == IntakeState.RETRY,
            )
            .values(state=IntakeState.REFUSED, reason="undone", body=b"", done_at=services.clock.now())
            .returning(InboxActivityRow.id)
        )
        return ended.first() is not None


def _member(session: Session, uri: str | None) -> ActorRow | None:
    found = lookup.find_by_uri(session, uri) if uri is not None else None
    return found if found is not None and found.local else None


def _row(session: Session, item: Item) -> ActorRow:
    return session.get_one(ActorRow, item.actor.id)
