"""Accounts in memory of who has died."""

from __future__ import annotations

from app.accounts import credentials
from app.accounts.tables import AccountRow
from app.errors import NotFoundError
from app.federation import outgoing
from app.services import Services


def keep(services: Services, account_id: int, *, kept: bool = True) -> None:
    """Keep an account in memory of its owner, or take that back: nobody signs in any more, and peers are told.

    Raises NotFoundError.
    """
    with services.db.write() as session:
        account = session.get(AccountRow, account_id)
        if account is None:
            raise NotFoundError
        if account.actor.memorial == kept:
            return
        account.actor.memorial = kept
        if kept:
            credentials.sign_out_everywhere(session, services, account)
        session.flush()
        outgoing.profile_updated(session, services, account.actor)
