"""Mail addresses of those before the closed door, behind glass: a lead or admin breaks it with a reason, for a quarter
of an hour, and the log is what opens it (see app.reviewing.private, which keeps members' own data so).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.doors import hand
from app.doors.hand import Hand
from app.doors.tables import WaitingRow, WaitingState
from app.errors import ConflictError, InvalidError
from app.reviewing import people
from app.reviewing.private import LONGEST_REASON, OPEN_FOR, SHORTEST_REASON, TOLD_FOR, Look
from app.services import Services
from app.stores.budgets import PRIVATE_LOOKS, Budgets
from moderation.log import chain, reading
from moderation.log.tables import LogRow

OPENED: Final = "waiting_list_opened"
EXPORTED: Final = "waiting_list_exported"
WHAT: Final = "house:waiting_list"
_SHOWN: Final = 50


def break_glass(services: Services, by: AccountRow, reason: str) -> datetime:
    """Open the addresses to a lead or admin; until when. Raises ForbiddenError, InvalidError, RateLimitedError."""
    writer, now = people.require(by, people.RULES), services.clock.now()
    said = " ".join(reason.split())[:LONGEST_REASON]
    if len(said) < SHORTEST_REASON:
        raise InvalidError(_("Say why you need it, in a sentence: others on the team read it"), code="reason_missing")
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(PRIVATE_LOOKS, writer)
    with services.db.write() as session:
        chain.append(session, writer, OPENED, WHAT, {"reason": said}, now)
    return now + OPEN_FOR


def until(session: Session, by: AccountRow, now: datetime) -> datetime | None:
    """Until when the addresses are open to somebody; None where they are closed."""
    people.require(by, people.RULES)
    mine = select(LogRow.at).where(
        LogRow.actor == people.name_of(by), LogRow.verb == OPENED, LogRow.at > now - OPEN_FOR
    )
    opened = session.scalar(mine.order_by(LogRow.seq.desc()).limit(1))
    return None if opened is None else opened + OPEN_FOR


def lately(session: Session, now: datetime) -> Sequence[Look]:
    """Who looked in the last three months, the latest first."""
    rows = select(LogRow).where(LogRow.verb == OPENED, LogRow.at > now - TOLD_FOR).order_by(LogRow.seq.desc())
    return [
        Look(row.actor, row.object, str(reading.payload_of(row).get("reason", "")), row.at)
        for row in session.scalars(rows.limit(_SHOWN))
    ]


def export(services: Services, by: AccountRow) -> str:
    """The waiting list as CSV with its addresses, while the glass is open; it's in the log.

    Raises ForbiddenError, and ConflictError while the glass is closed.
    """
    with services.db.read() as session:
        if until(session, by, services.clock.now()) is None:
            raise ConflictError(_("Say first why you need it"), code="glass_closed")
    return sheet(services, hand.of(by))


def sheet(services: Services, by: Hand) -> str:
    """The same for the command line, which has the whole database before it."""
    now = services.clock.now()
    with services.db.write() as session:
        rows = session.scalars(
            select(WaitingRow).where(WaitingRow.state != WaitingState.UNCONFIRMED).order_by(WaitingRow.confirmed_at)
        ).all()
        chain.append(session, by.name, EXPORTED, WHAT, {"count": len(rows)}, now)
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(["number", "address", "language", "state", "confirmed_at", "invited_at", "why"])
    table.writerows(_line(row) for row in rows)
    return out.getvalue()


def _line(row: WaitingRow) -> list[str]:
    times = [at.isoformat() if at else "" for at in (row.confirmed_at, row.invited_at)]
    return [str(row.id), _plain(row.email), row.language, row.state.value, *times, _plain(row.why)]


def _plain(text: str) -> str:
    """Spreadsheets take what begins like a formula for one."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
