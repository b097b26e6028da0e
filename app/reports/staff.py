"""Reports about those who moderate: they have no part in them, and the reporter is told beforehand who is left."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.reviewing import people

_DECIDES = (Role.MODERATOR, Role.LEAD, Role.ADMIN)
"""Who may decide about an account."""


class Reader(StrEnum):
    """Who will read a report about somebody."""

    CREW = "crew"
    """They aren't of those who moderate."""
    OTHERS = "others"
    """They are; the others read it, and they don't."""
    NOBODY = "nobody"
    """They are the only one."""


def kept_out(session: Session, target: ActorRow) -> tuple[str, ...]:
    """The name under which whom it is about would see the case; empty for who doesn't moderate."""
    account = session.get(AccountRow, target.id) if target.local else None
    return () if account is None or account.role is Role.MEMBER else (people.name_of(account),)


def reader(session: Session, target: ActorRow, now: datetime) -> Reader:
    """Who will read a report about them; who can't open the review reads nothing."""
    if not kept_out(session, target):
        return Reader.CREW
    other = (
        exists()
        .where(AccountRow.id == ActorRow.id)
        .where(AccountRow.role.in_(_DECIDES), AccountRow.id != target.id, lookup.opens_the_review(now))
    )
    return Reader.OTHERS if session.scalar(select(other)) else Reader.NOBODY
