"""Who calls: a member whose token has the scope, and whose role reaches far enough."""

from __future__ import annotations

from app import current
from app.accounts import lookup
from app.accounts.tables import AccountRow, Role
from app.api import naming
from app.errors import ForbiddenError
from app.oauth import bearer

READ, WRITE = "admin:read", "admin:write"


def reader(least: Role = Role.TRAINEE) -> AccountRow:
    """The caller, for looking. Raises UnauthorizedError, ForbiddenError."""
    return _caller(READ, least)


def writer(least: Role = Role.REVIEWER) -> AccountRow:
    """The caller, for doing. What they do checks their role once more."""
    return _caller(WRITE, least)


def _caller(scope: str, least: Role) -> AccountRow:
    viewer = bearer.check(scope)
    with current.services().db.read() as session:
        account = lookup.account(session, viewer.account_id or 0)
    if not lookup.at_least(lookup.role_at(account, current.services().clock.now()), least):
        raise ForbiddenError("This action is not allowed", code="role_required")
    lookup.require_role(account, least)
    naming.asked_by(account)
    return account
