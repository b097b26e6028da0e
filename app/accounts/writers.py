"""Who may write now: post, edit, boost, vote."""

from __future__ import annotations

from sqlalchemy import BigInteger, bindparam, select
from sqlalchemy.orm import Session, joinedload, load_only

from app.accounts.tables import AccountRow, ActorRow
from app.errors import ForbiddenError


def writer(session: Session, actor_id: int) -> ActorRow:
    """The actor of a member who may write, and vote. Raises ForbiddenError."""
    return of_account(session.get(AccountRow, actor_id))


def account(session: Session, account_id: int) -> AccountRow:
    """A member's account and actor with what writing asks of them: the rest isn't loaded, and raises when asked for."""
    return session.scalars(_ACCOUNT, {"id": account_id}).one()


_ACCOUNT = (
    select(AccountRow)
    .where(AccountRow.id == bindparam("id", type_=BigInteger))
    .options(
        load_only(
            AccountRow.default_visibility,
            AccountRow.default_sensitive,
            AccountRow.default_language,
            AccountRow.default_quote_policy,
            AccountRow.disabled_at,
            AccountRow.frozen_at,
            raiseload=True,
        ),
        joinedload(AccountRow.actor, innerjoin=True).load_only(
            ActorRow.uri, ActorRow.username, ActorRow.suspended_at, ActorRow.moved_to_uri, raiseload=True
        ),
    )
)


def of_account(account: AccountRow | None) -> ActorRow:
    """The same of an account that was just read. Raises ForbiddenError."""
    if account is None or account.actor.suspended_at is not None or account.disabled_at is not None:
        raise ForbiddenError("Your login is currently disabled")
    if account.frozen_at is not None:
        raise ForbiddenError("Posting is paused until you have answered the moderators")
    if account.actor.moved_to_uri is not None:
        raise ForbiddenError("This account has moved: take the redirect back in your settings to write here again")
    return account.actor


def one_at_a_time(session: Session, actor_id: int) -> None:
    """Wait until another write of this member's own things is over: a button that is pressed twice does it once."""
    session.execute(select(ActorRow.id).where(ActorRow.id == actor_id).with_for_update(key_share=True))
