"""What stands between two actors: who may follow whom, asked in one place by every way of following."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts import domains
from app.accounts.tables import ActorRow
from app.errors import ForbiddenError, NotFoundError
from app.relationships.tables import BlockRow
from app.settings import Settings
from moderation.domains.values import Filter


def blocked_either_way(session: Session, one_id: int, other_id: int) -> bool:
    """Whether one of them blocks the other."""
    there = and_(BlockRow.blocker_id == one_id, BlockRow.target_id == other_id)
    back = and_(BlockRow.blocker_id == other_id, BlockRow.target_id == one_id)
    return bool(session.scalar(select(exists().where(or_(there, back)))))


def is_gone(actor: ActorRow) -> bool:
    """Suspended, deleted, or of a hidden domain."""
    return actor.suspended_at is not None or actor.deleted_at is not None or actor.domain_hidden


def is_silenced(actor: ActorRow) -> bool:
    """Silenced, themselves or with their domain."""
    return actor.silenced_at is not None or actor.domain_silenced


def must_ask(follower: ActorRow) -> bool:
    """Whether a member is asked before this one follows them, even where everybody else may."""
    return is_silenced(follower) or domains.has(follower, Filter.FOLLOWS)


def is_house(actor: ActorRow, settings: Settings) -> bool:
    """Whether it's the server's own actor, whom nobody follows."""
    return actor.local and actor.uri == settings.url("/actor")


def require_may_follow(session: Session, settings: Settings, follower: ActorRow, target: ActorRow) -> None:
    """Raises NotFoundError where the target isn't to be seen, ForbiddenError where a follow is refused."""
    if is_gone(target):
        raise NotFoundError
    if follower.id == target.id or is_house(target, settings):
        raise ForbiddenError(_("This account can’t be followed"), code="not_followable")
    if target.moved_to_uri is not None:
        raise ForbiddenError(_("This account has moved: follow the new one"), code="moved")
    if is_gone(follower) or blocked_either_way(session, follower.id, target.id):
        raise ForbiddenError(_("This action is not allowed"), code="blocked")
