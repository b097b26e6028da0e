"""Set a second factor up, renew its recovery codes, and take it away."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import sealing
from app.accounts import credentials
from app.accounts.factors import codes
from app.accounts.factors.tables import PasskeyRow, RecoveryCodeRow, SecondFactorRow
from app.accounts.factors.verify import PURPOSE, spend, take_code
from app.accounts.tables import AccountRow
from app.errors import ConflictError, ForbiddenError
from app.services import Services


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a member has a second factor, and how many recovery codes are left."""

    confirmed: bool
    codes_left: int


def standing(session: Session, account_id: int) -> Standing:
    """What a member has."""
    left = select(func.count(RecoveryCodeRow.id)).where(
        RecoveryCodeRow.account_id == account_id, RecoveryCodeRow.used_at.is_(None)
    )
    row = session.get(SecondFactorRow, account_id)
    return Standing(row is not None and row.confirmed_at is not None, session.scalar(left) or 0)


def is_last(session: Session, account_id: int) -> bool:
    """Whether the member has one second factor alone: codes from a phone, or a single passkey."""
    row = session.get(SecondFactorRow, account_id)
    passkeys = session.scalar(select(func.count(PasskeyRow.id)).where(PasskeyRow.account_id == account_id)) or 0
    return passkeys + (row is not None and row.confirmed_at is not None) == 1


def begin(services: Services, account_id: int) -> bytes:
    """The secret to be put into a program on the phone; the same until it is confirmed. Raises ConflictError."""
    with services.db.write() as session:
        row = session.get(SecondFactorRow, account_id)
        if row is not None and row.confirmed_at is not None:
            raise ConflictError(_("A second factor is set up already"), code="second_factor_there")
        if row is not None:
            return sealing.unseal(services.settings, PURPOSE, row.secret)
        secret = codes.new_secret()
        session.add(
            SecondFactorRow(
                account_id=account_id,
                secret=sealing.seal(services.settings, PURPOSE, secret),
                made_at=services.clock.now(),
            )
        )
    return secret


def confirm(services: Services, account_id: int, code: str) -> list[str]:
    """The first code from the phone: from now on signing in asks for one. The recovery codes, which are shown once;
    none for whoever has some already.

    Raises ConflictError, ForbiddenError for a wrong code, RateLimitedError.
    """
    spend(services, account_id)
    now = services.clock.now()
    with services.db.write() as session:
        row = session.get(SecondFactorRow, account_id, with_for_update=True)
        if row is None or row.confirmed_at is not None:
            raise ConflictError(_("There is nothing to confirm"), code="nothing_to_confirm")
        secret = sealing.unseal(services.settings, PURPOSE, row.secret)
        step = codes.matching_step(secret, code, now, row.last_step)
        if step is None:
            raise ForbiddenError(_("This code is wrong, or its time is over"), code="bad_code")
        row.last_step, row.confirmed_at = step, now
        account = session.get_one(AccountRow, account_id)
        account.second_factor_at = now
        # Whoever has a passkey has recovery codes, too; they stay good.
        return [] if standing(session, account_id).codes_left else renew(session, account_id)


def renew_codes(services: Services, account_id: int, code: str) -> list[str]:
    """Ten new recovery codes in place of the old ones. Raises ForbiddenError, RateLimitedError."""
    spend(services, account_id)
    with services.db.write() as session:
        take_code(services, session, account_id, code)
        return renew(session, account_id)


def take_away(services: Services, account_id: int, password: str, code: str) -> None:
    """Turn the codes from a phone off; passkeys stay, with the recovery codes.

    Raises ForbiddenError for a wrong password or code, RateLimitedError.
    """
    spend(services, account_id)
    with services.db.read() as session:
        account = session.get_one(AccountRow, account_id)
    if not credentials.matches(account, password):
        raise ForbiddenError(_("The password is wrong"), code="bad_credentials")
    with services.db.write() as session:
        take_code(services, session, account_id, code)
        if is_last(session, account_id):
            forget(session, account_id)
        else:
            session.execute(delete(SecondFactorRow).where(SecondFactorRow.account_id == account_id))


def reset(services: Services, account_id: int) -> None:
    """Take it away without asking (the command line): the member signs in with the password, and sets up another."""
    with services.db.write() as session:
        forget(session, account_id)


def forget(session: Session, account_id: int) -> None:
    """Remove all of it within this write: codes, passkeys and recovery codes."""
    session.execute(delete(PasskeyRow).where(PasskeyRow.account_id == account_id))
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
    session.execute(delete(SecondFactorRow).where(SecondFactorRow.account_id == account_id))
    account = session.get(AccountRow, account_id)
    if account is not None:
        account.second_factor_at = None


def renew(session: Session, account_id: int) -> list[str]:
    """Ten recovery codes in place of those that there are, within this write."""
    fresh = codes.new_recovery_codes()
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.account_id == account_id))
    session.add_all(RecoveryCodeRow(account_id=account_id, code_hash=codes.recovery_hash(code)) for code in fresh)
    return fresh
