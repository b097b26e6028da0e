"""Organisations that ask for invitations: a choir, a school, a union. An admin grants or declines, with words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import invitations, names
from app.accounts.tables import AccountRow, InvitationRow, Role
from app.doors import entries, letters, links, offered, spelling, writing
from app.doors.hand import Hand
from app.doors.links import Purpose
from app.doors.tables import OrganisationRow, RequestState
from app.errors import ConflictError, InvalidError, NotFoundError
from app.notifications import post_office
from app.reviewing import people
from app.services import Services
from moderation.log import chain

KEPT: Final = timedelta(days=365)
"""How long a request is kept, from the last that happened with it."""
LONGEST_NAME, LONGEST_PURPOSE, LONGEST_ANSWER, SHORTEST_ANSWER = 200, 2000, 2000, 10
"""In characters."""
MOST_PEOPLE: Final = 100_000
LONGEST_DAYS: Final = invitations.LONGEST.days
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Request:
    """What the form asks for."""

    name: str = ""
    website: str = ""
    people: str = ""
    """For how many, as it was typed."""
    contact: str = ""
    email: str = ""
    purpose: str = ""
    locale: str = "en"


def ask(services: Services, wanted: Request, address: str) -> None:
    """Keep a request and have its address confirmed. Nothing tells the asker what is known of the address.

    `address` is the client's. Raises NotFoundError where nobody is asked, InvalidError, ForbiddenError, and
    RateLimitedError.
    """
    row = _row(services, wanted)
    with services.db.read() as session:
        offered.require_organisations(session, services)
        writing.require_welcome(session, services, row.email, address)
    if not writing.spend(services, row.email, address):
        return
    with services.db.write() as session:
        session.add(row)
        confirm = links.to(services, Purpose.CONFIRM_ORGANISATION, row.handle)
        leave = links.to(services, Purpose.LEAVE_ORGANISATION, row.handle)
        mail = letters.please_confirm_organisation(services.settings, row, confirm, leave)
        post_office.put(session, services, mail)


def _row(services: Services, wanted: Request) -> OrganisationRow:
    name, contact = " ".join(wanted.name.split()), " ".join(wanted.contact.split())
    if not name or not contact or max(len(name), len(contact)) > LONGEST_NAME:
        raise InvalidError(_("Say who you are, and whom to write to"), code="name")
    if not wanted.people.isdecimal() or not 1 <= int(wanted.people[:9]) <= MOST_PEOPLE:
        raise InvalidError(_("Say for how many people, as a number"), code="people")
    purpose = wanted.purpose.strip()
    if not purpose or len(purpose) > LONGEST_PURPOSE:
        raise InvalidError(_("Say what for, in 2,000 characters at most"), code="purpose")
    now = services.clock.now()
    return OrganisationRow(
        handle=links.new_handle(),
        state=RequestState.UNCONFIRMED,
        name=name,
        website=spelling.web_address(wanted.website),
        people=int(wanted.people),
        contact=contact,
        email=names.require_email(wanted.email),
        purpose=purpose,
        locale=wanted.locale,
        asked_at=now,
        last_at=now,
    )


def unconfirmed(services: Services, token: str) -> OrganisationRow:
    """The request that a link would confirm. Raises InvalidError, also where it is gone."""
    with services.db.read() as session:
        return entries.by_handle(session, OrganisationRow, links.read(services, Purpose.CONFIRM_ORGANISATION, token))


def confirm(services: Services, token: str) -> None:
    """From now on it waits for an answer; twice is once. Raises InvalidError."""
    handle = links.read(services, Purpose.CONFIRM_ORGANISATION, token)
    with services.db.write() as session:
        row = entries.by_handle(session, OrganisationRow, handle, lock=True)
        if row.state is RequestState.UNCONFIRMED:
            row.state, row.last_at = RequestState.OPEN, services.clock.now()
            _tell_admins(session, services, row)


def _tell_admins(session: Session, services: Services, row: OrganisationRow) -> None:
    for actor in people.who_may(session, Role.ADMIN, services.clock.now()):
        admin = session.get_one(AccountRow, actor.id)
        post_office.put(session, services, letters.asks_you(services.settings, row, admin.email, admin.locale))


def require_leaving(services: Services, token: str) -> None:
    """Raises InvalidError for a link that was never given out."""
    links.read(services, Purpose.LEAVE_ORGANISATION, token)


def leave(services: Services, token: str) -> None:
    """Forget a request; invitations that were granted stay good. Raises InvalidError for a wrong link."""
    handle = links.read(services, Purpose.LEAVE_ORGANISATION, token)
    with services.db.write() as session:
        row = session.scalar(select(OrganisationRow).where(OrganisationRow.handle == handle).with_for_update())
        if row is not None:
            session.delete(row)


def waiting(session: Session) -> int:
    """How many wait for an answer."""
    query = select(func.count()).where(OrganisationRow.state == RequestState.OPEN)
    return session.scalar(query) or 0


def listed(session: Session) -> Sequence[OrganisationRow]:
    """Those that wait, oldest first, then those that were answered, the latest first."""
    still_open = select(OrganisationRow).where(OrganisationRow.state == RequestState.OPEN)
    answered = select(OrganisationRow).where(OrganisationRow.state.in_((RequestState.GRANTED, RequestState.DECLINED)))
    oldest, latest = (
        still_open.order_by(OrganisationRow.last_at, OrganisationRow.id),
        answered.order_by(OrganisationRow.last_at.desc(), OrganisationRow.id.desc()),
    )
    return [row for query in (oldest, latest) for row in session.scalars(query.limit(SHOWN))]


def grant(services: Services, by: Hand, number: int, uses: int, days: int, words: str = "") -> datetime:
    """Mail a link with which so many accounts can be made for so many days; until when it is good.

    Raises NotFoundError, ConflictError where somebody answered before, InvalidError.
    """
    if not 1 <= uses <= invitations.MAX_USES or not 1 <= days <= LONGEST_DAYS:
        most = {"uses": invitations.MAX_USES, "days": LONGEST_DAYS}
        raise InvalidError(_("1 to %(uses)s accounts, for 1 to %(days)s days", **most), code="numbers")
    now = services.clock.now()
    with services.db.write() as session:
        row = _open(session, number)
        _answer(row, by, RequestState.GRANTED, words, now)
        row.uses = uses
        token = invitations.issue(session, by.account_id, now, uses=uses, lasts=timedelta(days=days))
        row.invitation_hash = invitations.hashed(token)
        until = now + timedelta(days=days)
        link = services.settings.url(f"/sign-up?invitation={token}")
        leave_it = links.to(services, Purpose.LEAVE_ORGANISATION, row.handle)
        post_office.put(session, services, letters.granted(services.settings, row, link, until, leave_it))
        said: dict[str, str | int] = {"uses": uses, "until": until.isoformat(), "words": row.answer}
        chain.append(session, by.name, "organisation_granted", f"organisation:{row.id}", said, now)
    return until


def decline(services: Services, by: Hand, number: int, words: str) -> None:
    """Say no by mail, with words. Raises NotFoundError, ConflictError where somebody answered before, InvalidError."""
    if len(words.strip()) < SHORTEST_ANSWER:
        raise InvalidError(_("Say why, in a sentence: it is what they are told"), code="words")
    now = services.clock.now()
    with services.db.write() as session:
        row = _open(session, number)
        _answer(row, by, RequestState.DECLINED, words, now)
        leave_it = links.to(services, Purpose.LEAVE_ORGANISATION, row.handle)
        post_office.put(session, services, letters.declined(services.settings, row, leave_it))
        chain.append(session, by.name, "organisation_declined", f"organisation:{row.id}", {"words": row.answer}, now)


def left(session: Session, now: datetime) -> dict[int, int]:
    """How many accounts can still be made by each link that was granted, by the number of its request."""
    query = (
        select(OrganisationRow.id, InvitationRow.uses_left)
        .join(InvitationRow, InvitationRow.token_hash == OrganisationRow.invitation_hash)
        .where(InvitationRow.uses_left > 0, InvitationRow.expires_at > now)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def end_link(services: Services, by: Hand, number: int) -> None:
    """A link that was granted makes no more accounts; those that were made stay. Raises NotFoundError."""
    with services.db.write() as session:
        row = entries.by_number(session, OrganisationRow, number)
        if row.invitation_hash is None:
            raise NotFoundError
        invitations.end(session, row.invitation_hash)
        row.invitation_hash = None
        chain.append(session, by.name, "organisation_link_ended", f"organisation:{row.id}", {}, services.clock.now())


def remove(services: Services, by: Hand, number: int) -> None:
    """Delete a request, and end its link; nobody is written to. Raises NotFoundError."""
    with services.db.write() as session:
        row = entries.by_number(session, OrganisationRow, number)
        if row.invitation_hash is not None:
            invitations.end(session, row.invitation_hash)
        session.delete(row)
        chain.append(session, by.name, "organisation_removed", f"organisation:{number}", {}, services.clock.now())


def _answer(row: OrganisationRow, by: Hand, state: RequestState, words: str, now: datetime) -> None:
    if len(words) > LONGEST_ANSWER:
        raise InvalidError(_("That is too long"), code="too_long")
    row.state, row.answer, row.answered_by, row.last_at = state, words.strip(), by.name, now


def _open(session: Session, number: int) -> OrganisationRow:
    row = entries.by_number(session, OrganisationRow, number)
    if row.state is not RequestState.OPEN:
        raise ConflictError(_("Somebody has answered this request already"), code="answered")
    return row
