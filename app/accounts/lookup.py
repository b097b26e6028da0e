"""From a handle, a URI or an id to an actor's row; and who may do what here."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ForbiddenError, NotFoundError
from app.settings import Settings

T = TypeVar("T")
STAFF = frozenset({Role.TRAINEE, Role.REVIEWER, Role.MODERATOR, Role.LEAD, Role.ADMIN, Role.CHILD_SAFETY})
_RANK = {Role.MEMBER: 0, Role.TRAINEE: 1, Role.REVIEWER: 2, Role.MODERATOR: 3, Role.LEAD: 4, Role.ADMIN: 5}


def find_by_handle(session: Session, settings: Settings, handle: str) -> ActorRow | None:
    """The actor of `name`, `@name` or `name@domain` (our own domain is local), if we know it."""
    name, domain = split_handle(settings, handle)
    return session.scalar(_there_to_be_found().where(ActorRow.username_lower == name, ActorRow.domain == domain))


def by_handle(session: Session, settings: Settings, handle: str) -> ActorRow:
    """As `find_by_handle`, but raises NotFoundError."""
    return _there(find_by_handle(session, settings, handle))


def find_by_uri(session: Session, uri: str) -> ActorRow | None:
    """The actor of a URI, if we know it."""
    return session.scalar(_there_to_be_found().where(ActorRow.uri == uri))


def by_uri(session: Session, uri: str) -> ActorRow:
    """As `find_by_uri`, but raises NotFoundError."""
    return _there(find_by_uri(session, uri))


def by_id(session: Session, actor_id: int) -> ActorRow:
    """The actor of an id; raises NotFoundError."""
    return _there(session.scalar(_there_to_be_found().where(ActorRow.id == actor_id)))


def by_ids(session: Session, actor_ids: list[int]) -> list[ActorRow]:
    """The actors of these ids, in their order; unknown ones are left out."""
    rows = {r.id: r for r in session.scalars(_there_to_be_found().where(ActorRow.id.in_(actor_ids)))}
    return [rows[i] for i in actor_ids if i in rows]


def account(session: Session, account_id: int) -> AccountRow:
    """A member's account with its actor; raises NotFoundError."""
    row = session.scalar(select(AccountRow).where(AccountRow.id == account_id).options(joinedload(AccountRow.actor)))
    return _there(row)


def split_handle(settings: Settings, handle: str) -> tuple[str, str]:
    """Name and domain, both in lower case, of `name`, `@name` or `@name@domain`."""
    name, _, domain = handle.strip().removeprefix("acct:").removeprefix("@").lower().partition("@")
    return name, domain or settings.domain


def handle_of(actor: ActorRow) -> str:
    """`name@domain`, local or not."""
    return f"{actor.username}@{actor.domain}"


def acct_of(actor: ActorRow) -> str:
    """As Mastodon's `acct`: the bare name for local actors."""
    return actor.username if actor.local else handle_of(actor)


def is_staff(role: Role) -> bool:
    """Whether the role sees any of the review pages."""
    return role in STAFF


def at_least(role: Role, least: Role) -> bool:
    """Whether `role` may do what `least` may. Child-safety stands beside the ladder: no admin is it."""
    if Role.CHILD_SAFETY in (role, least):
        return role is least or least is Role.MEMBER
    return _RANK[role] >= _RANK[least]


def role_at(account: AccountRow, now: datetime) -> Role:
    """The role that counts now: one that has run out is a member's."""
    return Role.MEMBER if account.role_until is not None and account.role_until <= now else account.role


def require_role(account: AccountRow, least: Role) -> None:
    """Raise ForbiddenError unless the account may do what `least` may, with a second factor where that is more than
    members may, and is neither disabled nor suspended. Roles that ran out are turned away where people come in: see
    `role_at`.
    """
    active = account.disabled_at is None and account.actor.suspended_at is None
    if not active or not at_least(account.role, least):
        raise ForbiddenError("This action is not allowed", code="role_required")
    if least is not Role.MEMBER and account.second_factor_at is None:
        raise ForbiddenError(_("Set up a second factor first, in your settings"), code="second_factor_required")


def is_in() -> ColumnElement[bool]:
    """A condition on actors. Who has signed up but isn't in yet doesn't exist for anybody."""
    waits = exists().where(
        AccountRow.id == ActorRow.id, or_(AccountRow.confirmed_at.is_(None), AccountRow.approved_at.is_(None))
    )
    return ~waits


def _there_to_be_found() -> Select[ActorRow]:
    """Actors that aren't deleted."""
    return select(ActorRow).where(ActorRow.deleted_at.is_(None), is_in())


def _there(row: T | None) -> T:
    if row is None:
        raise NotFoundError
    return row


def opens_the_review(now: datetime, actor: type[ActorRow] = ActorRow) -> ColumnElement[bool]:
    """A condition on accounts joined with `actor`: active, with a second factor, their role not run out."""
    return and_(
        AccountRow.disabled_at.is_(None),
        AccountRow.second_factor_at.is_not(None),
        or_(AccountRow.role_until.is_(None), AccountRow.role_until > now),
        actor.suspended_at.is_(None),
        actor.deleted_at.is_(None),
    )
