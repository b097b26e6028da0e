"""One-time links: the first admin's, and members' invitations. Only a token's hash is stored."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, InvitationRow, Role
from app.errors import ForbiddenError, NotFoundError
from app.services import Services

MAX_USES = 100
LONGEST = timedelta(days=365)
GOOD_FOR = timedelta(days=14)
_RANKED_FOR_INVITING = (Role.ADMIN, Role.LEAD)


def admin_exists(session: Session) -> bool:
    """Whether anybody is admin yet; until then nobody may sign up."""
    return bool(session.scalar(select(exists().where(AccountRow.role == Role.ADMIN))))


def first_admin_link(services: Services) -> str | None:
    """A fresh token for making the admin's account; None once there's an admin. An earlier token stops working."""
    token = secrets.token_urlsafe(24)
    with services.db.write() as session:
        if admin_exists(session):
            return None
        session.execute(delete(InvitationRow).where(InvitationRow.role == Role.ADMIN))
        session.add(InvitationRow(token_hash=hashed(token), role=Role.ADMIN, made_at=services.clock.now()))
    return token


def invite(services: Services, by: AccountRow, *, uses: int = 1, lasts: timedelta | None = None) -> str:
    """A token with which `uses` members may sign up until it runs out. Admins and leads invite."""
    if by.role not in _RANKED_FOR_INVITING:
        raise ForbiddenError(_("Only admins and leads can invite"), code="role_required")
    with services.db.write() as session:
        return issue(session, by.id, services.clock.now(), uses=uses, lasts=lasts)


def issue(session: Session, by_id: int | None, now: datetime, *, uses: int = 1, lasts: timedelta | None = None) -> str:
    """The same in the caller's write, for those who asked already whether it may be made; `by_id` None: nobody's."""
    token = secrets.token_urlsafe(24)
    session.add(
        InvitationRow(
            token_hash=hashed(token),
            made_by_id=by_id,
            made_at=now,
            expires_at=now + min(lasts or GOOD_FOR, LONGEST),
            uses_left=max(1, min(uses, MAX_USES)),
        )
    )
    return token


def end(session: Session, token_hash: str) -> None:
    """An invitation opens nothing any more; one that is gone is gone."""
    session.execute(delete(InvitationRow).where(InvitationRow.token_hash == token_hash))


def find(session: Session, services: Services, token: str) -> InvitationRow:
    """A live invitation; raises NotFoundError for a wrong, used or old one. For showing its page."""
    row = session.scalar(select(InvitationRow).where(InvitationRow.token_hash == hashed(token)))
    expired = row is not None and row.expires_at is not None and row.expires_at <= services.clock.now()
    if row is None or row.uses_left < 1 or expired or (row.role is Role.ADMIN and admin_exists(session)):
        raise NotFoundError(_("This invitation has been used, or is too old"), code="bad_invitation")
    return row


def redeem(session: Session, services: Services, token: str) -> Role:
    """Use it up within the write that makes the account; the role that it gives. Raises NotFoundError."""
    row = find(session, services, token)
    used = session.execute(
        update(InvitationRow)
        .where(InvitationRow.id == row.id, InvitationRow.uses_left > 0)
        .values(uses_left=InvitationRow.uses_left - 1)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFoundError(_("This invitation has been used, or is too old"), code="bad_invitation")
    return row.role


def hashed(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
