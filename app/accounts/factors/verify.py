"""Is this code good now? Each is good once, and guessing is bounded."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import sealing
from app.accounts.factors import codes
from app.accounts.factors.tables import PasskeyRow, RecoveryCodeRow, SecondFactorRow
from app.errors import ForbiddenError
from app.services import Services
from app.stores.budgets import CODES, Budgets

PURPOSE = "second factor"
LONGEST = 64


def is_asked(session: Session, account_id: int) -> bool:
    """Whether signing in to this account takes a code or a passkey."""
    row = session.get(SecondFactorRow, account_id)
    if row is not None and row.confirmed_at is not None:
        return True
    return session.scalar(select(PasskeyRow.id).where(PasskeyRow.account_id == account_id).limit(1)) is not None


def check(services: Services, account_id: int, code: str) -> None:
    """Take a code from the phone, or a recovery code. Raises ForbiddenError for a wrong one, RateLimitedError."""
    spend(services, account_id)
    with services.db.write() as session:
        take_code(services, session, account_id, code)


def take_code(services: Services, session: Session, account_id: int, code: str) -> None:
    """The same within this write, without the budget."""
    row = session.get(SecondFactorRow, account_id, with_for_update=True)
    if row is not None and row.confirmed_at is not None and len(code) <= LONGEST:
        secret = sealing.unseal(services.settings, PURPOSE, row.secret)
        step = codes.matching_step(secret, code, services.clock.now(), row.last_step)
        if step is not None:
            row.last_step = step
            return
    # Those who never confirmed a factor have no recovery codes.
    if len(code) <= LONGEST and _take_recovery_code(services, session, account_id, code):
        return
    raise ForbiddenError(_("This code is wrong, or its time is over"), code="bad_code")


def spend(services: Services, account_id: int) -> None:
    """A try. Raises RateLimitedError."""
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(CODES, str(account_id))


def _take_recovery_code(services: Services, session: Session, account_id: int, code: str) -> bool:
    found = session.scalar(
        select(RecoveryCodeRow)
        .where(
            RecoveryCodeRow.account_id == account_id,
            RecoveryCodeRow.code_hash == codes.recovery_hash(code),
            RecoveryCodeRow.used_at.is_(None),
        )
        .with_for_update()
    )
    if found is None:
        return False
    found.used_at = services.clock.now()
    return True
