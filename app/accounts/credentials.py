"""Passwords (argon2id), who is signed in, and one answer, after one time, whatever was wrong."""

from __future__ import annotations

import secrets
from functools import partial

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from app.accounts import browsers
from app.accounts.tables import AccountRow, ActorRow
from app.database.engine import after_commit
from app.errors import ForbiddenError, InvalidError, UnauthorizedError
from app.oauth.tables import OAuthCodeRow, OAuthTokenRow
from app.push import letting_go
from app.services import Services
from app.stores import events
from app.stores.budgets import SIGN_INS, Budgets, network

# OWASP's argon2id with 19 MiB: at RFC 9106's 64 MiB a handful of sign-ins at once would outweigh the server.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODYS_HASH = _HASHER.hash(secrets.token_urlsafe(32))
"""Verified when there's no such account, so that a stopwatch can't tell."""
MIN_PASSWORD, MAX_PASSWORD = 8, 128


def hash_password(password: str) -> str:
    """argon2id, with its own salt. Slow on purpose: never inside a write."""
    return _HASHER.hash(password)


def require_good_password(password: str, *, username: str, email: str) -> None:
    """Raises InvalidError for one that is too short, too long, or just the name or the address."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidError(
            _("A password has %(least)s to %(most)s characters", least=MIN_PASSWORD, most=MAX_PASSWORD),
            code="password_length",
        )
    if password.lower() in {username.lower(), email.lower(), email.lower().partition("@")[0]}:
        raise InvalidError(_("The password must not be your name"), code="password_is_name")


def check(services: Services, name_or_email: str, password: str, *, address: str = "") -> AccountRow:
    """The account of these credentials.

    Raises UnauthorizedError, the same for a wrong name and a wrong password; ForbiddenError where the password
    is right but the account can't be used (yet); RateLimitedError.
    """
    wanted = name_or_email.strip().lower()
    _spend(services, wanted, address)
    with services.db.read() as session:
        account = _find(session, services, wanted)
    if not _matches(account.password_hash if account else _NOBODYS_HASH, password) or account is None:
        raise UnauthorizedError(_("The name or the password is wrong"), code="bad_credentials")
    require_usable(account)
    if _HASHER.check_needs_rehash(account.password_hash):
        _rehash(services, account, password)
    return account


def matches(account: AccountRow, password: str) -> bool:
    """Whether this is the account's password; for confirming something grave while signed in."""
    return _matches(account.password_hash, password)


def require_usable(account: AccountRow) -> None:
    """Raises ForbiddenError, with a text for its owner, where an account can't be used."""
    if account.disabled_at is not None:
        raise ForbiddenError(_("This account has been disabled"), code="account_disabled")
    if account.actor.suspended_at is not None:
        raise ForbiddenError(_("This account has been suspended"), code="account_suspended")
    if account.actor.memorial:
        raise ForbiddenError(_("This account is kept in memory of its owner"), code="account_memorial")
    if account.confirmed_at is None:
        raise ForbiddenError(_("Confirm your e-mail address first: the link is in our mail"), code="unconfirmed")
    if account.approved_at is None:
        raise ForbiddenError(_("This account still waits for approval"), code="unapproved")


def stamp(account: AccountRow) -> str:
    """An account and the state of its password, for what holds only until that changes: a sign-in that is half done."""
    return f"{account.id}.{account.session_salt}"


def of_stamp(session: Session, stamped: str) -> AccountRow | None:
    """The account of a stamp; None when it's old, wrong, or the account can't be used."""
    number, _dot, salt = stamped.partition(".")
    if not number.isdecimal() or len(number) > 19:
        return None
    account = session.scalar(
        select(AccountRow).where(AccountRow.id == int(number)).options(joinedload(AccountRow.actor))
    )
    if account is None or not secrets.compare_digest(account.session_salt.encode(), salt.encode()):
        return None
    return account if is_usable(account) else None


def is_usable(account: AccountRow) -> bool:
    """Whether the account may be used now."""
    return (
        account.disabled_at is None
        and account.actor.suspended_at is None
        and not account.actor.memorial
        and account.confirmed_at is not None
        and account.approved_at is not None
    )


def change_password(services: Services, account_id: int, old: str, new: str) -> AccountRow:
    """Change it and sign out everywhere else: cookies and clients' tokens.

    Raises ForbiddenError, InvalidError, RateLimitedError: who found a browser open can't guess the password here.
    """
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(SIGN_INS, f"change:{account_id}")
    with services.db.read() as session:
        account = session.get(AccountRow, account_id)
    if account is None or not _matches(account.password_hash, old):
        raise ForbiddenError(_("The password is wrong"), code="bad_credentials")
    return set_password(services, account, new)


def set_password(services: Services, account: AccountRow, new: str) -> AccountRow:
    """Set it without asking for the old one (a reset, the command line); signs out everywhere."""
    require_good_password(new, username=account.actor.username, email=account.email)
    hashed = hash_password(new)
    with services.db.write() as session:
        row = session.get_one(AccountRow, account.id)
        row.password_hash = hashed
        sign_out_everywhere(session, services, row)
    return row


def sign_out_everywhere(session: Session, services: Services, account: AccountRow) -> None:
    """End the session of every browser, and revoke every token of the account and every code for one."""
    account.session_salt = new_salt()
    browsers.end_all(session, account.id, services.clock.now())
    letting_go.browsers(session, account.id)
    session.execute(delete(OAuthCodeRow).where(OAuthCodeRow.account_id == account.id))
    session.execute(
        update(OAuthTokenRow)
        .where(OAuthTokenRow.account_id == account.id, OAuthTokenRow.revoked_at.is_(None))
        .values(revoked_at=services.clock.now())
    )
    after_commit(session, partial(events.access_ended, services.redis, account.id))


def new_salt() -> str:
    """A fresh session salt."""
    return secrets.token_urlsafe(24)


def _spend(services: Services, wanted: str, address: str) -> None:
    budgets = Budgets(services.redis, services.clock, enabled=services.settings.rate_limits)
    budgets.spend(SIGN_INS, f"name:{wanted[:320]}")
    if address:
        budgets.spend(SIGN_INS, f"address:{network(address)}")


def _find(session: Session, services: Services, wanted: str) -> AccountRow | None:
    query = select(AccountRow).join(AccountRow.actor).options(joinedload(AccountRow.actor))
    name, _at, domain = wanted.removeprefix("@").partition("@")
    account = session.scalar(query.where(AccountRow.email_lower == wanted))
    if account is None and domain in ("", services.settings.domain):
        account = session.scalar(query.where(ActorRow.username_lower == name, ActorRow.local))
    return account


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password[: MAX_PASSWORD + 1])
    except (VerificationError, InvalidHashError):
        return False


def _rehash(services: Services, account: AccountRow, password: str) -> None:
    hashed = hash_password(password)
    with services.db.write() as session:
        session.get_one(AccountRow, account.id).password_hash = hashed
