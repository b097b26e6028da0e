"""Whom barring would have kept out: members who are in already, counted before somebody bars the like of them."""

from __future__ import annotations

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, SeenAddressRow
from app.barring import spelling


def members_of_provider(session: Session, domain: str) -> int:
    """Members with an address at a domain of mail, or below it."""
    ends = (f"@{domain}", f".{domain}")
    query = select(func.count()).select_from(AccountRow)
    query = query.where(or_(*(AccountRow.email_lower.endswith(end, autoescape=True) for end in ends)))
    return session.scalar(query) or 0


def members_within(session: Session, network: str) -> int:
    """Members who were seen at an address of that network, as long as addresses are kept."""
    seen = session.execute(select(SeenAddressRow.account_id, SeenAddressRow.address))
    return len({account for account, address in seen if spelling.is_within(address, network)})
