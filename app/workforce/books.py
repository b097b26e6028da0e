"""Sheets, corrections and rates for pages: whose they are, and that nobody approves their own where others can."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.reviewing import people
from app.services import Services
from app.workforce import crew, zone
from moderation.workforce import attendance, corrections, sheets, terms
from moderation.workforce.sheets import Figures
from moderation.workforce.spans import Month
from moderation.workforce.tables import CorrectionRow, SheetRow, StretchRow, TermsRow
from moderation.workforce.terms import Terms


def read(month: str) -> Month:
    """`2026-11`. Raises NotFoundError."""
    try:
        day = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise NotFoundError from error
    return Month(day.year, day.month)


def require_reader(account: AccountRow, name: str) -> None:
    """One's own, or as a lead anybody's. Raises ForbiddenError."""
    people.require(account, people.LOOK if name == people.name_of(account) else people.RULES)


def sheet(session: Session, name: str, month: Month) -> tuple[Figures, SheetRow | None]:
    """What stands on a month's sheet, and the sheet once it is approved. Raises NotFoundError for who never worked."""
    row = sheets.approved(session, name, month)
    if row is not None:
        return sheets.from_json(row.figures), row
    if name not in known(session):
        raise NotFoundError
    return sheets.reckon(session, name, month, zone.of(session)), None


def known(session: Session) -> set[str]:
    """Whoever worked, or was to be paid, here: those who left, too."""
    worked = session.scalars(select(StretchRow.name).distinct())
    return {*worked, *session.scalars(select(TermsRow.name).distinct())}


def months(session: Session, name: str, now: datetime) -> list[tuple[Month, int | None]]:
    """Of the last half year those with anything in them, and all that were approved; each with its number."""
    place = zone.of(session)
    found = {Month(row.begins_on.year, row.begins_on.month): row.number for row in sheets.of(session, name)}
    shown: list[tuple[Month, int | None]] = []
    at = Month.of(now, place)
    for _back in range(6):
        if at in found or attendance.spans_of(session, name, *at.bounds(place)):
            shown.append((at, found.pop(at, None)))
        at = at.before
    return [*shown, *sorted(found.items(), key=lambda each: each[0].first, reverse=True)]


def approve(services: Services, account: AccountRow, name: str, month: Month) -> SheetRow:
    """Freeze somebody's month. Raises ForbiddenError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        _require_another(session, by, name, now)
        if name not in known(session):
            raise NotFoundError
        return sheets.approve(session, name, month, zone.of(session), by, now)


def correct(services: Services, account: AccountRow, day: str, minutes: str, reason: str) -> None:
    """Ask for a correction of one's own time. Raises ForbiddenError, InvalidError, RefusedError."""
    by = people.require(account, people.LOOK)
    try:
        when, how_many = date.fromisoformat(day), int(minutes.replace("−", "-"))
    except ValueError as error:
        raise InvalidError(_("Give a day and a number of minutes, such as 20 or -20."), code="bad_time") from error
    with services.db.write() as session:
        corrections.ask(session, by, when, how_many, reason, by, services.clock.now())


def rule(services: Services, account: AccountRow, number: int, *, granted: bool) -> CorrectionRow:
    """A lead's word on a correction. Raises ForbiddenError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        row = corrections.find(session, number)
        _require_another(session, by, row.name, now)
        corrections.rule(session, row, by, now, granted=granted)
    return row


def agree(services: Services, account: AccountRow, name: str, news: Terms) -> None:
    """Somebody's rates from now on. Raises ForbiddenError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.RULES), services.clock.now()
    with services.db.write() as session:
        _require_another(session, by, name, now)
        crew.named(session, name, now)
        terms.agree(session, name, news, by, now)


def _require_another(session: Session, by: str, name: str, now: datetime) -> None:
    """Nobody rules on their own money, unless there is no other lead."""
    others = [each for each in people.who_may(session, people.RULES, now) if each.username != by]
    if by == name and others:
        raise ForbiddenError(_("Another lead looks at your own time and pay"), code="own_pay")
