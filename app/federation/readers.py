"""Who is told of what happens here: inboxes elsewhere of those whom it concerns, one for a server that shares one."""

from __future__ import annotations

from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, func, select, union
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow, RelayRow, RelayState
from app.posts.published import PublishedPost
from app.posts.tables import MentionRow, PostRow
from app.relationships.tables import FollowRow, FollowState
from moderation.rows import ask
from moderation.values import Outcome, Visibility

_REACHABLE = (ActorRow.suspended_at.is_(None), ActorRow.deleted_at.is_(None), ActorRow.domain_hidden.is_(False))


def of_post(session: Session, post: PostRow | PublishedPost) -> set[str]:
    """The inboxes of those whom a post is for."""
    author_id = None if post.visibility is Visibility.DIRECT else post.actor_id
    return set(ask(session, _READERS, {"post": post.pk, "author": author_id}).scalars())


def of_boost(session: Session, boost: PostRow) -> set[str]:
    """The same of a boost: also who wrote what is boosted."""
    original = session.get_one(PostRow, boost.boost_of_pk)
    return of_post(session, boost) | inboxes(session, ActorRow.id == original.actor_id)


def relays(session: Session, post: PostRow | PublishedPost) -> set[str]:
    """The relays that a post goes to: public ones by those who, and which, may stand on public timelines."""
    if post.visibility is not Visibility.PUBLIC or post.outcome is Outcome.LIMIT:
        return set()
    found = set(ask(session, _RELAYS).scalars())
    author = session.get_one(ActorRow, post.actor_id) if found else None
    return found if author is not None and author.silenced_at is None else set()


_RELAYS = select(RelayRow.inbox_url).where(RelayRow.state == RelayState.ACCEPTED)


def reached(session: Session, post: PostRow) -> set[str]:
    """The inboxes that got the post: who stopped following since has it all the same."""
    query = (
        select(DeliveryRow.inbox_url)
        .join(OutboxActivityRow, OutboxActivityRow.id == DeliveryRow.activity_id)
        .where(OutboxActivityRow.uri.in_((post.uri, post.uri + "/activity")))
    )
    return set(session.scalars(query))


def ever_reached(session: Session, actor_id: int) -> set[str]:
    """The inboxes to which something of this member was sent lately, whether or not they still follow."""
    query = (
        select(DeliveryRow.inbox_url)
        .join(OutboxActivityRow, OutboxActivityRow.id == DeliveryRow.activity_id)
        .where(OutboxActivityRow.actor_id == actor_id, DeliveryRow.state == DeliveryState.DELIVERED)
    )
    return set(session.scalars(query.distinct()))


def followers(session: Session, actor_id: int) -> set[str]:
    """The inboxes of a member's followers."""
    following = select(FollowRow.follower_id).where(
        FollowRow.target_id == actor_id, FollowRow.state == FollowState.ACCEPTED
    )
    return inboxes(session, ActorRow.id.in_(following))


def known(session: Session) -> set[str]:
    """Every shared inbox that was ever met."""
    query = select(ActorRow.shared_inbox_url).where(
        ActorRow.local.is_(False), ActorRow.shared_inbox_url.is_not(None), *_REACHABLE
    )
    return {inbox for inbox in session.scalars(query.distinct()) if inbox}


def inboxes(session: Session, who: ColumnElement[bool]) -> set[str]:
    """One inbox for each server where it has a shared one."""
    return set(session.scalars(_inboxes_of(who)))


def inbox(actor: ActorRow) -> set[str]:
    """The personal inbox of one actor elsewhere."""
    if actor.local or actor.inbox_url is None or actor.domain_hidden or actor.deleted_at is not None:
        return set()
    return {actor.inbox_url}


def _inboxes_of(who: ColumnElement[bool]) -> Select[str]:
    inbox = func.coalesce(ActorRow.shared_inbox_url, ActorRow.inbox_url)
    return select(inbox).where(who, ActorRow.local.is_(False), inbox.is_not(None), *_REACHABLE).distinct()


def _readers_of() -> Select[str]:
    """Those named in a post, and its author's followers; `author` is null where the post isn't for these."""
    named = select(MentionRow.actor_id).where(MentionRow.post_pk == bindparam("post", type_=BigInteger))
    following = select(FollowRow.follower_id).where(
        FollowRow.target_id == bindparam("author", type_=BigInteger), FollowRow.state == FollowState.ACCEPTED
    )
    return _inboxes_of(ActorRow.id.in_(union(named, following)))


_READERS = _readers_of()
"""Made once: building it costs more than asking."""
