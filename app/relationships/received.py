"""What other servers say about follows and blocks, inside the intake's own write. Each may arrive twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import AppError
from app.federation import outgoing
from app.relationships import block, edges, follow, rules
from app.relationships.edges import Wish
from app.relationships.tables import BlockRow, FollowRow, FollowState
from app.services import Services


def receive_follow(
    session: Session, services: Services, actor: ActorRow, target: ActorRow, activity_uri: str
) -> FollowRow | None:
    """Somebody elsewhere follows a member. Asked again, it is answered again: their server may have lost the answer.

    None where it was refused; the refusal is sent.
    """
    row = edges.find(session, actor.id, target.id)
    if row is not None:
        return _again(session, services, row, activity_uri)
    if _taken(session, activity_uri):
        return None
    row = edges.make(session, services, actor, target, activity_uri, Wish())
    try:
        rules.require_may_follow(session, services.settings, actor, target)
    except AppError:
        follow.turn_away(session, services, row)
        return None
    follow.arrive(session, services, row, actor, target)
    return row


def received_accept(session: Session, services: Services, actor: ActorRow, follow_uri: str) -> bool:
    """`actor` accepts a member's request; only the one who was asked can. False where there's no such request."""
    row = _asked_of(session, actor, follow_uri)
    return row is not None and edges.accept(session, services, row)


def received_accept_from(session: Session, services: Services, actor: ActorRow, follower: ActorRow) -> bool:
    """The same, for servers that embed the Follow without our URI."""
    row = edges.find(session, follower.id, actor.id)
    return row is not None and edges.accept(session, services, row)


def received_reject(session: Session, services: Services, actor: ActorRow, follow_uri: str) -> bool:
    """`actor` turns a member's request down, or ends their follow."""
    row = _asked_of(session, actor, follow_uri)
    if row is None:
        return False
    edges.remove(session, services, row)
    return True


def received_reject_from(session: Session, services: Services, actor: ActorRow, follower: ActorRow) -> bool:
    """The same, for servers that embed the Follow without our URI."""
    row = edges.find(session, follower.id, actor.id)
    if row is None:
        return False
    edges.remove(session, services, row)
    return True


def received_undo_follow(
    session: Session, services: Services, actor: ActorRow, *, follow_uri: str | None, target: ActorRow | None
) -> bool:
    """`actor` stops following: named by the Follow's URI, or by whom they followed."""
    row = None
    if follow_uri is not None:
        row = session.scalar(select(FollowRow).where(FollowRow.uri == follow_uri, FollowRow.follower_id == actor.id))
    if row is None and target is not None:
        row = edges.find(session, actor.id, target.id)
    if row is None:
        return False
    edges.remove(session, services, row)
    return True


def receive_block(
    session: Session, services: Services, actor: ActorRow, target: ActorRow, activity_uri: str
) -> BlockRow | None:
    """Somebody elsewhere blocks a member: they stop seeing each other; the member isn't told."""
    if session.scalar(select(BlockRow.id).where(BlockRow.uri == activity_uri)) is not None:
        return None
    return block.make(session, services, actor, target, activity_uri)


def received_undo_block(session: Session, actor: ActorRow, target: ActorRow) -> bool:
    """They take it back."""
    row = block.find(session, actor.id, target.id)
    if row is None:
        return False
    session.delete(row)
    return True


def _again(session: Session, services: Services, row: FollowRow, activity_uri: str) -> FollowRow:
    if row.uri != activity_uri and not _taken(session, activity_uri):
        row.uri = activity_uri
    if row.state is FollowState.ACCEPTED:
        outgoing.follow_accepted(session, services, row)
    return row


def _taken(session: Session, activity_uri: str) -> bool:
    return session.scalar(select(FollowRow.id).where(FollowRow.uri == activity_uri)) is not None


def _asked_of(session: Session, actor: ActorRow, follow_uri: str) -> FollowRow | None:
    return session.scalar(select(FollowRow).where(FollowRow.uri == follow_uri, FollowRow.target_id == actor.id))
