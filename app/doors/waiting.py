"""The waiting list: asked for with a mail address, confirmed by mail, invited from, left by a link in every letter.

What the page answers is the same for every address, whether it is new, waits, was invited, or has an account here: only
the mailbox is told which.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts import invitations, names
from app.accounts.tables import AccountRow
from app.doors import entries, letters, links, offered, spelling, writing
from app.doors.hand import Hand
from app.doors.links import Purpose
from app.doors.tables import WaitingRow, WaitingState
from app.errors import InvalidError, NotFoundError
from app.mail import Mail
from app.notifications import post_office
from app.services import Services
from moderation.log import chain

KEPT: Final = timedelta(days=365)
"""How long an entry waits for an invitation, or for its answer to one."""
INVITED_FOR: Final = timedelta(days=14)
LONGEST_WHY: Final = 500
MOST_AT_ONCE: Final = 200
"""Invitations in one go."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What the form asks for. `language` is in which they would post, `locale` in which they are written to."""

    email: str
    why: str = ""
    language: str = ""
    locale: str = "en"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, and since when the first waits."""

    waiting: int
    invited: int
    lapsed: int
    """Of the invited: their invitation ran out."""
    oldest_at: datetime | None


def ask(services: Services, wanted: Ask, address: str) -> None:
    """Write to an address what it takes to be on the list. Nothing tells the asker what is known of it.

    `address` is the client's. Raises NotFoundError where there's no list, InvalidError, ForbiddenError, and
    RateLimitedError.
    """
    email, language = names.require_email(wanted.email), spelling.language(wanted.language)
    if len(wanted.why) > LONGEST_WHY:
        raise InvalidError(_("That is too long"), code="too_long")
    with services.db.read() as session:
        offered.require_waiting_list(session, services)
        writing.require_welcome(session, services, email, address)
    if not writing.spend(services, email, address):
        return
    clean = Ask(email, " ".join(wanted.why.split()), language, wanted.locale)
    # whoever asks twice in one moment gets the letter of the request that was first
    with suppress(IntegrityError), services.db.write() as session:
        if session.scalar(select(exists().where(AccountRow.email_lower == email.lower()))):
            post_office.put(session, services, letters.has_account(services.settings, email, wanted.locale))
        else:
            _write(session, services, clean)


def _write(session: Session, services: Services, wanted: Ask) -> None:
    """A new entry, or the one that is there: its words change only until they are confirmed."""
    now = services.clock.now()
    row = session.scalar(select(WaitingRow).where(WaitingRow.email_lower == wanted.email.lower()).with_for_update())
    if row is None:
        row = WaitingRow(
            handle=links.new_handle(),
            state=WaitingState.UNCONFIRMED,
            email=wanted.email,
            email_lower=wanted.email.lower(),
            asked_at=now,
        )
        session.add(row)
    if row.state is WaitingState.UNCONFIRMED:
        row.why, row.language, row.locale, row.last_at = wanted.why, wanted.language, wanted.locale, now
    _post(session, services, row, _answer(services, row, now))


def _answer(services: Services, row: WaitingRow, now: datetime) -> Mail:
    """What somebody is written who asked, by what is known of them."""
    settings = services.settings
    leave = links.to(services, Purpose.LEAVE_WAITING, row.handle)
    confirm = links.to(services, Purpose.CONFIRM_WAITING, row.handle)
    if row.state is WaitingState.WAITING:
        return letters.waits_already(settings, row, leave)
    if _ran_out(row, now):
        return letters.wait_again(settings, row, confirm, leave)
    if row.state is WaitingState.INVITED:
        return letters.is_invited(settings, row, leave)
    return letters.please_confirm_waiting(settings, row, confirm, leave)


def _ran_out(row: WaitingRow, now: datetime) -> bool:
    return row.state is WaitingState.INVITED and row.invited_at is not None and row.invited_at <= now - INVITED_FOR


def unconfirmed(services: Services, token: str) -> WaitingRow:
    """The entry that a link would confirm. Raises InvalidError, also where it is gone."""
    with services.db.read() as session:
        return entries.by_handle(session, WaitingRow, links.read(services, Purpose.CONFIRM_WAITING, token))


def confirm(services: Services, token: str) -> None:
    """From now on they wait, also whose invitation ran out; twice is once. Raises InvalidError."""
    handle = links.read(services, Purpose.CONFIRM_WAITING, token)
    with services.db.write() as session:
        row, now = entries.by_handle(session, WaitingRow, handle, lock=True), services.clock.now()
        if row.state is WaitingState.UNCONFIRMED or _ran_out(row, now):
            row.state, row.confirmed_at, row.last_at = WaitingState.WAITING, now, now
            leave = links.to(services, Purpose.LEAVE_WAITING, row.handle)
            _post(session, services, row, letters.on_the_list(services.settings, row, leave))


def leave(services: Services, token: str) -> None:
    """Forget the entry, and end its invitation; whoever isn't on the list any more is just as gone.

    Raises InvalidError for a wrong link.
    """
    handle = links.read(services, Purpose.LEAVE_WAITING, token)
    with services.db.write() as session:
        row = session.scalar(select(WaitingRow).where(WaitingRow.handle == handle).with_for_update())
        if row is not None:
            _forget(session, row)


def require_leaving(services: Services, token: str) -> None:
    """Raises InvalidError for a link that was never given out."""
    links.read(services, Purpose.LEAVE_WAITING, token)


def counts(session: Session, now: datetime) -> Counts:
    """How many wait, and how many were invited and haven't come."""
    per_state = select(WaitingRow.state, func.count()).group_by(WaitingRow.state)
    by_state = {row[0]: int(row[1]) for row in session.execute(per_state)}
    ran_out = select(func.count()).where(
        WaitingRow.state == WaitingState.INVITED, WaitingRow.invited_at <= now - INVITED_FOR
    )
    oldest = select(func.min(WaitingRow.confirmed_at)).where(WaitingRow.state == WaitingState.WAITING)
    return Counts(
        waiting=by_state.get(WaitingState.WAITING, 0),
        invited=by_state.get(WaitingState.INVITED, 0),
        lapsed=session.scalar(ran_out) or 0,
        oldest_at=session.scalar(oldest),
    )


def listed(session: Session, limit: int, offset: int = 0) -> Sequence[WaitingRow]:
    """Who waits, oldest first, then who was invited; nobody who hasn't confirmed."""
    query = (
        select(WaitingRow)
        .where(WaitingRow.state != WaitingState.UNCONFIRMED)
        .order_by(WaitingRow.state.desc(), WaitingRow.confirmed_at, WaitingRow.id)
    )
    return session.scalars(query.limit(limit).offset(offset)).all()


def invite_next(services: Services, by: Hand, count: int) -> int:
    """Invite so many of those who wait, oldest first; how many there were. Raises InvalidError."""
    if not 1 <= count <= MOST_AT_ONCE:
        raise InvalidError(_("Between 1 and %(most)s at once", most=MOST_AT_ONCE), code="count")
    query = (
        select(WaitingRow)
        .where(WaitingRow.state == WaitingState.WAITING)
        .order_by(WaitingRow.confirmed_at, WaitingRow.id)
        .limit(count)
        .with_for_update(skip_locked=True)
    )
    with services.db.write() as session:
        rows = session.scalars(query).all()
        for row in rows:
            _invite(session, services, by, row)
        if rows:
            said = {"count": len(rows)}
            chain.append(session, by.name, "waiting_invited", "house:waiting_list", said, services.clock.now())
    return len(rows)


def invite_again(services: Services, by: Hand, number: int) -> None:
    """Invite one, also whose invitation ran out: the old one ends. Raises NotFoundError."""
    with services.db.write() as session:
        row = entries.by_number(session, WaitingRow, number)
        _invite(session, services, by, row)
        chain.append(session, by.name, "waiting_invited", f"waiting:{row.id}", {"count": 1}, services.clock.now())


def remove(services: Services, by: Hand, number: int) -> None:
    """Take one off the list; they aren't written to. Raises NotFoundError."""
    with services.db.write() as session:
        _forget(session, entries.by_number(session, WaitingRow, number))
        chain.append(session, by.name, "waiting_removed", f"waiting:{number}", {}, services.clock.now())


def remove_address(services: Services, by: Hand, email: str) -> None:
    """The same by the address, for who asks for it in another way. Raises InvalidError, NotFoundError."""
    wanted = names.require_email(email).lower()
    with services.db.write() as session:
        row = session.scalar(select(WaitingRow).where(WaitingRow.email_lower == wanted).with_for_update())
        if row is None:
            raise NotFoundError(_("This address isn’t on the waiting list"), code="not_waiting")
        number = row.id
        _forget(session, row)
        chain.append(session, by.name, "waiting_removed", f"waiting:{number}", {}, services.clock.now())


def _invite(session: Session, services: Services, by: Hand, row: WaitingRow) -> None:
    now = services.clock.now()
    if row.invitation_hash is not None:
        invitations.end(session, row.invitation_hash)
    token = invitations.issue(session, by.account_id, now, lasts=INVITED_FOR)
    row.state, row.invitation_hash = WaitingState.INVITED, invitations.hashed(token)
    row.invited_at = row.last_at = now
    link = services.settings.url(f"/sign-up?invitation={token}")
    away = links.to(services, Purpose.LEAVE_WAITING, row.handle)
    _post(session, services, row, letters.invitation(services.settings, row, link, now + INVITED_FOR, away))


def _post(session: Session, services: Services, row: WaitingRow, mail: Mail) -> None:
    post_office.put(session, services, mail, about=f"waiting:{row.handle}")


def _forget(session: Session, row: WaitingRow) -> None:
    """With the entry goes what was made for it, and what wasn't sent yet."""
    post_office.take_back(session, f"waiting:{row.handle}")
    if row.invitation_hash is not None:
        invitations.end(session, row.invitation_hash)
    session.delete(row)
    session.flush()
