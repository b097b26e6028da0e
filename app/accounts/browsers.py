"""Browsers in which members are signed in: a row for each sign-in, so that each can be seen and ended by its owner.

The cookie holds a token, the row its digest. A session ends when its member signs out there, ends it from elsewhere, or
is signed out everywhere (a new password, a suspension, a lower role); a copy of the cookie ends with it. One that
nobody used for a month has ended by itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from app.accounts import families
from app.accounts.tables import AccountRow, ActorRow, BrowserSessionRow
from app.errors import NotFoundError, UnauthorizedError
from app.oauth.digests import digest
from app.services import Services
from app.stores.budgets import neighbourhood
from moderation.preservation import reach

REMEMBERED_FOR = timedelta(days=30)
"""For so long a browser that is told to remember finds its way back in."""
UNUSED_FOR = REMEMBERED_FOR + timedelta(days=1)
"""And after so long without use a session is over: a day more, as when it was used is kept in the rough."""
ENDED_KEPT = timedelta(days=1)
MOST = 100
"""Of one member's: beyond them the one that was unused for longest ends."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a browser says of itself."""

    agent: str
    address: str


def begin(services: Services, account: AccountRow, said: Said) -> tuple[BrowserSessionRow, str]:
    """A new session, and the token for its cookie, which is kept nowhere.

    Raises UnauthorizedError where the account was signed out everywhere since it was read: its password isn't the one
    that was checked.
    """
    token, now = secrets.token_urlsafe(32), services.clock.now()
    with services.db.write() as session:
        # the lock keeps this from passing by a change of the password that is about to end all sessions
        fresh = session.get(AccountRow, account.id, with_for_update={"of": AccountRow})
        if fresh is None or fresh.session_salt != account.session_salt:
            raise UnauthorizedError(_("The name or the password is wrong"), code="bad_credentials")
        row = BrowserSessionRow(
            token_hash=digest(token),
            account=fresh,
            browser=families.name(said.agent),
            network=_network(services, said.address),
            made_at=now,
            seen_at=now,
        )
        session.add(row)
        session.flush()
        _end_beyond_most(session, account.id, now)
    return row, token


def find(session: Session, token: str, now: datetime) -> BrowserSessionRow | None:
    """The session of a cookie with its account, in one read; None when it has ended, or never was."""
    row = session.scalar(select(BrowserSessionRow).where(BrowserSessionRow.token_hash == digest(token)))
    return row if row is not None and row.ended_at is None and row.seen_at > now - UNUSED_FOR else None


def of(session: Session, account_id: int, now: datetime) -> Sequence[BrowserSessionRow]:
    """Where a member is signed in, the last used first."""
    return session.scalars(
        select(BrowserSessionRow)
        .where(*_open(account_id), BrowserSessionRow.seen_at > now - UNUSED_FOR)
        .order_by(BrowserSessionRow.seen_at.desc(), BrowserSessionRow.id.desc())
    ).all()


def mark_seen(services: Services, session_id: int, address: str) -> None:
    """It is in use, from there."""
    values = {"seen_at": services.clock.now(), "network": _network(services, address)}
    with services.db.write() as session:
        session.execute(update(BrowserSessionRow).where(BrowserSessionRow.id == session_id).values(values))


def end(services: Services, account_id: int, session_id: int) -> None:
    """End one of a member's. Raises NotFoundError for one that isn't theirs; ending it twice is no error."""
    with services.db.write() as session:
        row = session.get(BrowserSessionRow, session_id)
        if row is None or row.account_id != account_id:
            raise NotFoundError
        row.ended_at = row.ended_at or services.clock.now()


def end_others(services: Services, account_id: int, kept_id: int) -> int:
    """End all of a member's but one; how many."""
    with services.db.write() as session:
        others = update(BrowserSessionRow).where(*_open(account_id), BrowserSessionRow.id != kept_id)
        ended = others.values(ended_at=services.clock.now()).returning(BrowserSessionRow.id)
        return len(session.scalars(ended).all())


def end_all(session: Session, account_id: int, now: datetime) -> None:
    """End every one, within a write that does more."""
    session.execute(update(BrowserSessionRow).where(*_open(account_id)).values(ended_at=now))


def forget(session: Session, now: datetime) -> int:
    """Drop what has ended, unless an order wants it kept; how many."""
    over = or_(BrowserSessionRow.ended_at < now - ENDED_KEPT, BrowserSessionRow.seen_at <= now - UNUSED_FOR)
    wanted = exists().where(ActorRow.id == BrowserSessionRow.account_id, reach.reaches(now, ActorRow.uri))
    return len(session.scalars(delete(BrowserSessionRow).where(over, ~wanted).returning(BrowserSessionRow.id)).all())


def _open(account_id: int) -> tuple[ColumnElement[bool], ...]:
    return BrowserSessionRow.account_id == account_id, BrowserSessionRow.ended_at.is_(None)


def _network(services: Services, address: str) -> str:
    return neighbourhood(address)[:50] if address and services.settings.address_days else ""


def _end_beyond_most(session: Session, account_id: int, now: datetime) -> None:
    oldest = select(BrowserSessionRow.id).where(*_open(account_id))
    oldest = oldest.order_by(BrowserSessionRow.seen_at.desc(), BrowserSessionRow.id.desc()).offset(MOST)
    beyond = session.scalars(oldest).all()
    if beyond:
        session.execute(update(BrowserSessionRow).where(BrowserSessionRow.id.in_(beyond)).values(ended_at=now))
