"""Private data of members (mail address, networks, what they wrote at sign-up) behind glass, for leads and admins.

Nobody on the desk sees it. Who needs it breaks the glass: for one account, with a reason, for a quarter of an hour. The
log is not only told of it but is what opens it: what doesn't stand there isn't open, and every lead and admin reads who
looked. Nobody looks at a member of the team of their own rank or above, at themselves this way, or at whom they have to
do with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import addresses, browsers, lookup
from app.accounts.tables import AccountRow, ActorRow, BrowserSessionRow, Role, SeenAddressRow
from app.errors import ForbiddenError, InvalidError, NotFoundError
from app.reviewing import people
from app.services import Services
from app.stores.budgets import PRIVATE_LOOKS, Budgets
from moderation.cases import exclusions
from moderation.log import chain, reading
from moderation.log.tables import LogRow

OPEN_FOR: Final = timedelta(minutes=15)
TOLD_FOR: Final = timedelta(days=90)
SHORTEST_REASON, LONGEST_REASON = 10, 500
OPENED: Final = "private_data_opened"
SEARCHED: Final = "private_data_searched"
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody broke the glass."""

    by: str
    uri: str
    reason: str
    opened_at: datetime

    @property
    def until(self) -> datetime:
        """When it closed, or will."""
        return self.opened_at + OPEN_FOR


@dataclass(frozen=True, slots=True)
class PrivateData:
    """What is behind the glass."""

    account: AccountRow
    addresses: Sequence[SeenAddressRow]
    browsers: Sequence[BrowserSessionRow]


def member(session: Session, name: str) -> AccountRow:
    """A member by user name. Raises NotFoundError."""
    row = session.scalar(
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(ActorRow.username_lower == name.strip().removeprefix("@").lower(), ActorRow.local)
    )
    if row is None:
        raise NotFoundError
    return row


def break_glass(services: Services, by: AccountRow, account_id: int, reason: str) -> datetime:
    """Open one member's private data to a lead or admin; until when.

    Raises ForbiddenError, NotFoundError, InvalidError for no reason, RateLimitedError.
    """
    writer, now = people.require(by, people.RULES), services.clock.now()
    reason = " ".join(reason.split())[:LONGEST_REASON]
    if len(reason) < SHORTEST_REASON:
        raise InvalidError(_("Say why you need it, in a sentence: others on the team read it"), code="reason_missing")
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(PRIVATE_LOOKS, writer)
    with services.db.write() as session:
        account = lookup.account(session, account_id)
        require_may(session, by, account, now)
        chain.append(session, writer, OPENED, account.actor.uri, {"reason": reason}, now)
    return now + OPEN_FOR


def require_may(session: Session, by: AccountRow, about: AccountRow, now: datetime) -> None:
    """Raises ForbiddenError where somebody may not ask to see this account's private data, whatever the reason."""
    people.require(by, people.RULES)
    if about.id == by.id:
        raise ForbiddenError(_("Your own stands in your settings"), code="own_data")
    above = Role.LEAD if about.role is Role.CHILD_SAFETY else about.role
    if above is not Role.MEMBER and lookup.at_least(above, by.role):
        raise ForbiddenError(_("They are of your rank or above: somebody of a higher role looks"), code="role_required")
    if exclusions.hides(session, about.actor.uri, people.name_of(by), now):
        raise ForbiddenError(_("You have to do with this: others look at it"), code="conflict")


def until(session: Session, by: AccountRow, uri: str, now: datetime) -> datetime | None:
    """Until when one account is open to somebody; None where it is closed."""
    return open_to(session, people.name_of(by), now).get(uri)


def open_to(session: Session, name: str, now: datetime) -> dict[str, datetime]:
    """Whose private data is open to somebody now, by URI, and until when."""
    mine = select(LogRow).where(LogRow.actor == name, LogRow.verb == OPENED, LogRow.at > now - OPEN_FOR)
    return {row.object: row.at + OPEN_FOR for row in session.scalars(mine.order_by(LogRow.seq))}


def see(session: Session, by: AccountRow, about: AccountRow, now: datetime) -> PrivateData:
    """What is behind the glass, while it is open. Raises ForbiddenError: roles and conflicts are asked for again."""
    require_may(session, by, about, now)
    if until(session, by, about.actor.uri, now) is None:
        raise ForbiddenError(_("Say first why you need it"), code="glass_closed")
    seen = addresses.of(session, [about.id]).get(about.id, [])
    return PrivateData(about, seen, browsers.of(session, about.id, now))


def note_search(services: Services, by: AccountRow, kind: str) -> None:
    """Somebody looks for accounts by their `mail` or `address`. Raises ForbiddenError below a lead."""
    writer = people.require(by, people.RULES)
    with services.db.write() as session:
        chain.append(session, writer, SEARCHED, f"by:{kind}", {}, services.clock.now())


def lately(session: Session, now: datetime) -> list[Look]:
    """Who broke the glass in the last three months, the latest first."""
    rows = select(LogRow).where(LogRow.verb == OPENED, LogRow.at > now - TOLD_FOR).order_by(LogRow.seq.desc())
    return [_look(row) for row in session.scalars(rows.limit(_SHOWN))]


def others_since(session: Session, name: str, since: datetime) -> int:
    """How often others did since then."""
    rows = select(LogRow.seq).where(LogRow.verb == OPENED, LogRow.actor != name, LogRow.at > since)
    return len(session.scalars(rows.limit(_SHOWN)).all())


def _look(row: LogRow) -> Look:
    return Look(row.actor, row.object, str(reading.payload_of(row).get("reason", "")), row.at)
