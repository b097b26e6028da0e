"""Which names and addresses an account may have."""

from __future__ import annotations

import re

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, ReservedNameRow
from app.errors import ConflictError, InvalidError

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
    """Raises ConflictError where the name is or ever was somebody's, or the address is in use.

    `reserved_too` refuses the names of the house as well; an admin may hand them out.
    """
    taken = session.scalar(
        select(
            exists().where(ActorRow.username_lower == username, ActorRow.local)
            | exists().where(ReservedNameRow.username_lower == username)
        )
    )
    if taken or (reserved_too and username in NOT_FOR_MEMBERS):
        raise ConflictError(_("This name is taken"), code="username_taken")
    require_free_address(session, email)


def require_free_address(session: Session, email: str) -> None:
    """Raises ConflictError where the address is in use."""
    if session.scalar(select(exists().where(AccountRow.email_lower == email.lower()))):
        raise ConflictError(_("This address is in use already"), code="email_taken")
