"""A moderator's shift for pages: breaks, going on beyond the hours agreed, leaving, and the plan of the week."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from app.workforce import crew, zone
from moderation.cases import claims
from moderation.cases.tables import CaseRow
from moderation.values import CaseState
from moderation.workforce import attendance, hours, shifts
from moderation.workforce.tables import StretchKind


def rest(services: Services, account: AccountRow) -> None:
    """Take a paid break; what one holds is given back. Raises RefusedError where none is to be paid yet."""
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        _hand_over(session, by, now)
        attendance.take_break(session, by, now)


def come_back(services: Services, account: AccountRow) -> None:
    """The end of a break."""
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        if attendance.on_break(session, by, now) is not None:
            attendance.beat(session, by, StretchKind.CASES, now)


def leave(services: Services, account: AccountRow) -> None:
    """The end of a shift: what one holds is anybody's again."""
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        _hand_over(session, by, now)
        attendance.leave(session, by, now)


def go_on(services: Services, account: AccountRow) -> None:
    """Be given cases beyond the hours agreed, until the end of the week."""
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        hours.go_on(session, by, zone.of(session), now)


def plan(services: Services, account: AccountRow, name: str, day: str, begins: str, ends: str) -> None:
    """Put a shift into the plan, by the clock on the house's wall: one's own, or as a lead anybody's. One that ends at
    or before its beginning ends on the next day. Raises ForbiddenError, InvalidError, NotFoundError, RefusedError.
    """
    own = name == people.name_of(account)
    by, now = people.require(account, people.LOOK if own else people.RULES), services.clock.now()
    with services.db.write() as session:
        crew.named(session, name, now)
        place = zone.of(session)
        on, since, until = _read(day, begins, ends)
        start = moment(on, since, place)
        end = moment(on if until > since else on + timedelta(days=1), until, place)
        shifts.plan(session, name, start, end, by, now)


def unplan(services: Services, account: AccountRow, number: int) -> None:
    """Take one out of the plan. Raises ForbiddenError, NotFoundError."""
    now = services.clock.now()
    with services.db.write() as session:
        row = shifts.find(session, number)
        own = row.name == people.name_of(account)
        by = people.require(account, people.LOOK if own else people.RULES)
        shifts.remove(session, row, by, now)


def moment(day: date, at: time, place: ZoneInfo) -> datetime:
    """A time on a place's wall. Raises InvalidError for one that clocks put forward leave out."""
    there = datetime.combine(day, at, place)
    if datetime.fromtimestamp(there.timestamp(), place).time() != at:
        raise InvalidError(_("The clocks leave this time out on that day."), code="no_such_time")
    return there


def _read(day: str, begins: str, ends: str) -> tuple[date, time, time]:
    try:
        return date.fromisoformat(day), time.fromisoformat(begins), time.fromisoformat(ends)
    except ValueError as error:
        raise InvalidError(_("Give a day and two times, such as 09:00 and 12:30."), code="bad_time") from error


def _hand_over(session: Session, by: str, now: datetime) -> None:
    held = select(CaseRow.id).where(CaseRow.claimed_by == by, CaseRow.state == CaseState.CLAIMED)
    for number in session.scalars(held.where(CaseRow.claimed_until > now)).all():
        claims.release(session, number, by, now)
