"""What signing up asks: is this address barred, or must somebody look first?"""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.barring import disposable, spelling
from app.barring.tables import BarredMailboxRow, BarredMailDomainRow, BarredNetworkRow, NetworkSeverity
from app.errors import ForbiddenError, InvalidError
from moderation.patterns import keeping
from moderation.patterns.tables import PatternKind, PatternSeverity
from moderation.policy import store
from moderation.policy.values import Disposable


def needs_approval(session: Session, email: str, address: str, now: datetime) -> bool:
    """Whether somebody must look first, whatever else holds. Raises InvalidError, ForbiddenError for what is barred.

    `address` is the client's, empty where there is none.
    """
    domains = select(BarredMailDomainRow).where(BarredMailDomainRow.domain.in_(spelling.mail_domains_of(email)))
    found = list(session.scalars(domains))
    boxes = select(BarredMailboxRow.id).where(BarredMailboxRow.digest == spelling.mailbox_digest(email))
    if session.scalar(boxes) is not None or any(not row.with_approval for row in found):
        raise InvalidError(_("Addresses of this mail provider can’t be used here"), code="email_barred")
    throw_away = _throw_away(session, email)
    networks = _networks(session, address, now)
    if networks & {NetworkSeverity.BLOCK, NetworkSeverity.NO_ACCESS}:
        raise ForbiddenError(_("Nobody can sign up from your network at the moment"), code="network_barred")
    return bool(found or networks) or throw_away


def name_needs_approval(session: Session, username: str, now: datetime) -> bool:
    """Whether somebody must look first because of a name. Raises InvalidError for one that isn't given out."""
    found = {each.severity for each in keeping.load(session, PatternKind.NAME).names(username, now)}
    if PatternSeverity.REJECT in found:
        raise InvalidError(_("This name can’t be used here"), code="username_barred")
    return PatternSeverity.HOLD in found


def _throw_away(session: Session, email: str) -> bool:
    """Whether somebody must look first because the address is one to throw away. Raises InvalidError."""
    if not disposable.is_disposable(email):
        return False
    wanted = store.current(session).sign_ups.disposable
    if wanted is Disposable.REFUSE:
        raise InvalidError(_("Addresses of this mail provider can’t be used here"), code="email_barred")
    return wanted is Disposable.APPROVAL


def _networks(session: Session, address: str, now: datetime) -> set[NetworkSeverity]:
    if not address:
        return set()
    holds = or_(BarredNetworkRow.expires_at.is_(None), BarredNetworkRow.expires_at > now)
    rows = session.scalars(select(BarredNetworkRow).where(holds))
    return {row.severity for row in rows if spelling.is_within(address, row.network)}
