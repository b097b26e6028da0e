"""A forgotten password: a link by mail that works once."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts import letters, tokens
from app.accounts.credentials import set_password
from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.notifications import post_office
from app.services import Services
from app.stores.budgets import RESETS, SIGN_INS, Budgets, network

RESET = "reset-password"
RESET_WITHIN = timedelta(hours=1)


def ask(services: Services, email: str, *, address: str = "") -> None:
    """Mail the link, if somebody has this address; whoever asks is told the same either way."""
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    wanted = email.strip().lower()[:320]
    if address:
        budgets.spend(SIGN_INS, f"reset:{network(address)}")
    budgets.spend(RESETS, wanted)  # whether or not somebody has it, so that a refusal tells nothing
    with services.db.write() as session:
        account = session.scalar(select(AccountRow).where(AccountRow.email_lower == wanted))
        if account is not None:
            token = tokens.sign(services, RESET, [account.id, account.session_salt])
            post_office.put(session, services, letters.new_password(services.settings, account, token))


def reset(services: Services, token: str, password: str) -> AccountRow:
    """Set a new password with the link, once: it is bound to the old salt. Raises InvalidError."""
    account_id, salt = tokens.read(services, RESET, token, RESET_WITHIN)
    with services.db.read() as session:
        account = session.get(AccountRow, account_id)
    if account is None or account.session_salt != salt:
        raise InvalidError(_("This link is wrong or too old"), code="bad_link")
    return set_password(services, account, password)
