"""Whose hand does something with the lists: a lead's or an admin's, or that of the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.accounts.tables import AccountRow, Role
from app.reviewing import people


@dataclass(frozen=True, slots=True)
class Hand:
    """Who, as the log names them, and their account where they have one."""

    name: str
    account_id: int | None


COMMAND_LINE: Final = Hand("command line", None)


def of(account: AccountRow, least: Role = people.RULES) -> Hand:
    """Somebody of the staff. Raises ForbiddenError below a lead, or below `least`."""
    return Hand(people.require(account, least), account.id)
