"""Links by which somebody who can't sign in reads a decision about them and contests it."""

from __future__ import annotations

from datetime import timedelta

from app.accounts import tokens
from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.services import Services
from moderation.appeals.contesting import WITHIN

PURPOSE = "contest"
LIFETIME = WITHIN + timedelta(days=60)
"""As long as a decision can be contested, and some more to read the answer."""


def token(services: Services, account_id: int, decision_id: int) -> str:
    """Good for one member and one decision."""
    return tokens.sign(services, PURPOSE, [account_id, decision_id])


def read(services: Services, given: str) -> tuple[int, int]:
    """The member's id and the decision's. Raises InvalidError for what we didn't sign, or long ago."""
    match tokens.read(services, PURPOSE, given, LIFETIME):
        case [int(account_id), int(decision_id)]:
            return account_id, decision_id
    raise InvalidError("This link is wrong or too old", code="bad_link")


def address(services: Services, account: AccountRow, decision_id: int) -> str:
    """Where a member reads a decision: on their pages, or by a link of its own where they can't sign in."""
    if is_locked_out(account):
        return services.settings.url(f"/contest/{token(services, account.id, decision_id)}")
    return services.settings.url(f"/decisions/{decision_id}")


def appeal(services: Services, account: AccountRow, appeal_id: int, decision_id: int) -> str:
    """Where a member reads their appeal."""
    if is_locked_out(account):
        return address(services, account, decision_id)
    return services.settings.url(f"/appeals/{appeal_id}")


def is_locked_out(account: AccountRow) -> bool:
    """Whether a member can't sign in to read what was decided."""
    return account.disabled_at is not None or account.actor.suspended_at is not None
