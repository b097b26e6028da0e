"""Which names and addresses an account may have."""

from __future__ import annotations

import re
import secrets

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, ReservedNameRow
from app.errors import ConflictError, InvalidError

NOBODYS = "taken.invalid"
"""No domain can be called so (RFC 2606)."""
_USERNAME = re.compile(r"[a-z0-9_]{1,30}")
# Names that would let a member pass for the house or collide with an address of it.
NOT_FOR_MEMBERS = frozenset(
    {
        "about", "abuse", "actor", "admin", "administrator", "api", "auth", "help", "hostmaster", "inbox", "info",
        "mail", "mod", "moderation", "moderator", "mods", "nobody", "noreply", "no_reply", "oauth", "ostiary",
        "owner", "postmaster", "public", "root", "security", "staff", "support", "system", "webmaster",
    }
)  # fmt: skip


def require_username(username: str) -> str:
    """The name in lower case; raises InvalidError when it can't be one."""
    name = username.strip().lower()
    if not _USERNAME.fullmatch(name):
        raise InvalidError(
            _("A name has 1 to 30 characters: letters from a to z, digits and underscores"), code="username_invalid"
        )
    return name


def require_email(email: str) -> str:
    """The address as it will be stored; raises InvalidError. It is looked at, not looked up: the mail is the test."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidError(_("This is not an e-mail address"), code="email_invalid") from error


def require_free(session: Session, username: str, email: str, *, reserved_too: bool) -> None:
    """As `require_free_name`, and raises ConflictError where the address is in use: for those who may know that."""
    require_free_name(session, username, reserved_too=reserved_too)
    if owner_of(session, email) is not None:
        raise ConflictError(_("This address is in use already"), code="email_taken")


def require_free_name(session: Session, username: str, *, reserved_too: bool) -> None:
    """Raises ConflictError where the name is or ever was somebody's.

    `reserved_too` refuses the names of the house as well; an admin may hand them out.
    """
    if reserved_too and username in NOT_FOR_MEMBERS:
        raise ConflictError(_("This name is taken"), code="username_reserved")
    taken = session.scalar(
        select(
            exists().where(ActorRow.username_lower == username, ActorRow.local)
            | exists().where(ReservedNameRow.username_lower == username)
        )
    )
    if taken:
        raise ConflictError(_("This name is taken"), code="username_taken")


def owner_of(session: Session, email: str) -> AccountRow | None:
    """Whose address this is."""
    return session.scalar(select(AccountRow).where(AccountRow.email_lower == email.lower()))


def stand_in() -> str:
    """An address that nobody has, for an account whose owner gave another's: it is never confirmed, and forgotten."""
    return f"{secrets.token_hex(16)}@{NOBODYS}"


def is_stand_in(email: str) -> bool:
    """Whether nobody has this address: no letter goes there."""
    return email.endswith(f"@{NOBODYS}")
