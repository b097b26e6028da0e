"""Roles are given and taken here, with an end where there is one; each change is in the log and ends open sessions."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import credentials, lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ConflictError, InvalidError
from app.services import Services
from moderation.log import chain as log

ITSELF = "server"
"""Who takes a role whose time is over."""


def give(
    services: Services, giver: AccountRow, account_id: int, role: Role, until: datetime | None = None
) -> AccountRow:
    """Give an account another role, until then or for good.

    Raises ForbiddenError unless the giver is an admin, ConflictError where nobody would be one for good any more,
    InvalidError for an end that is past, NotFoundError.
    """
    now = services.clock.now()
    lookup.require_role(giver, Role.ADMIN, now)
    until = until if role is not Role.MEMBER else None
    if until is not None and until <= now:
        raise InvalidError(_("The last day of a role lies in the future"), code="role_until")
    with services.db.write() as session:
        account = lookup.account(session, account_id)
        if account.role is Role.ADMIN and (role is not Role.ADMIN or until is not None):
            _require_another_admin(session, account)
        if (account.role, account.role_until) != (role, until):
            _change(session, services, account, role, until, giver.actor.username)
    return account


def staff(session: Session) -> list[AccountRow]:
    """Everybody with a role, by name."""
    query = (
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(AccountRow.role.in_(lookup.STAFF), ActorRow.deleted_at.is_(None))
        .order_by(ActorRow.username_lower)
    )
    return list(session.scalars(query))


def end_due(services: Services, limit: int = 50) -> int:
    """Roles whose time is over become a member's; how many. They counted for nothing already."""
    now = services.clock.now()
    query = select(AccountRow).where(AccountRow.role_until <= now).order_by(AccountRow.role_until).limit(limit)
    with services.db.write() as session:
        rows = session.scalars(query).all()
        for account in rows:
            _change(session, services, account, Role.MEMBER, None, ITSELF)
    return len(rows)


def _change(
    session: Session, services: Services, account: AccountRow, role: Role, until: datetime | None, by: str
) -> None:
    said = {"before": account.role.value, "after": role.value, "until": until.isoformat() if until else None}
    account.role, account.role_until = role, until
    credentials.sign_out_everywhere(session, services, account)
    log.append(session, by, "role_changed", account.actor.uri, said, services.clock.now())


def _require_another_admin(session: Session, account: AccountRow) -> None:
    query = (
        select(func.count())
        .select_from(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(AccountRow.role == Role.ADMIN, AccountRow.role_until.is_(None), AccountRow.id != account.id)
        .where(AccountRow.disabled_at.is_(None), ActorRow.suspended_at.is_(None), ActorRow.deleted_at.is_(None))
        .where(AccountRow.confirmed_at.is_not(None), AccountRow.approved_at.is_not(None))
    )
    if not session.scalar(query):
        raise ConflictError(_("This is the last admin: give somebody else the role first"), code="last_admin")
