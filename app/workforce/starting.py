"""The start of a shift and its end, for who works it: what waits for them, what was left for them, what they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.paging import COUNTED
from app.reviewing import people
from app.services import Services
from app.workforce import crew
from app.workforce.crew import Day
from moderation.cases import exclusions
from moderation.cases.tables import CaseRow
from moderation.quality import blinding
from moderation.workforce import exposure, handovers, recap, routing, today
from moderation.workforce.recap import Overturned, Recap
from moderation.workforce.tables import HandoverRow, ShiftRow


@dataclass(frozen=True, slots=True)
class Start:
    """What somebody reads before they begin. `length` is what was counted for them, times their usual pace."""

    day: Day
    past_due: int
    """Counted to one more than `COUNTED`."""
    length: timedelta | None
    overturned: Sequence[Overturned]
    handovers: Sequence[HandoverRow]
    next_shift: tuple[str, datetime] | None
    """Whose is the next in the plan, and from when on."""
    skipped: Sequence[str]
    rests_until: datetime | None
    """Until when text and what is light come first, after several grave ones at once."""

    @property
    def more(self) -> bool:
        """Whether more wait for them than were counted."""
        return self.day.waiting > COUNTED


def start(session: Session, account: AccountRow, now: datetime) -> Start:
    """All of it."""
    name, day = people.name_of(account), crew.day(session, account, now)
    theirs = crew.condition(session, account, now)
    pace = recap.pace(session, name, now) or recap.pace(session, None, now)
    return Start(
        day=day,
        past_due=routing.waiting_for(session, name, now, and_(theirs, CaseRow.due_at <= now), COUNTED + 1),
        length=pace * day.waiting if pace is not None and day.waiting else None,
        overturned=_overturned(session, name, now),
        handovers=handovers.unread(session, name, now),
        next_shift=_next_shift(session, now),
        skipped=today.skipped(session, name, now),
        rests_until=exposure.rests_until(session, name, now),
    )


def skip_today(services: Services, account: AccountRow, labels: Sequence[str]) -> None:
    """Leave these labels to others until midnight. Raises ForbiddenError, RefusedError."""
    name = people.require(account, people.LOOK)
    with services.db.write() as session:
        today.skip(session, name, labels, services.clock.now())


def hand_over(services: Services, account: AccountRow, text: str, to: str | None) -> None:
    """Leave a line for who comes next, or for one of the crew. Raises ForbiddenError, NotFoundError, RefusedError."""
    by, now = people.require(account, people.LOOK), services.clock.now()
    with services.db.write() as session:
        if to is not None:
            crew.named(session, to, now)
        handovers.write(session, by, text, to, now)


def read(services: Services, account: AccountRow, number: int) -> None:
    """A line was read. Raises ForbiddenError, NotFoundError."""
    name = people.require(account, people.LOOK)
    with services.db.write() as session:
        handovers.mark_read(session, number, name)


def over(session: Session, account: AccountRow, now: datetime) -> Recap | None:
    """The figures of one's last shift; None where there was none."""
    name = people.name_of(account)
    last = recap.last_shift(session, name, now)
    return None if last is None else recap.of(session, name, *last)


def _overturned(session: Session, name: str, now: datetime) -> list[Overturned]:
    """What was taken back of theirs, but for cases that are kept from them, or that they are to read afresh."""
    found = recap.overturned(session, name, now)
    ids = [each.decision.case_id for each in found if each.decision.case_id is not None]
    theirs = set(session.scalars(select(CaseRow.id).where(CaseRow.id.in_(ids), exclusions.unexcluded(name, now))))
    return [
        each
        for each in found
        if each.decision.case_id in theirs and not blinding.hides_history(session, each.decision.uri, name)
    ]


def _next_shift(session: Session, now: datetime) -> tuple[str, datetime] | None:
    crew_now = [people.name_of(each) for each in crew.everybody(session, now)]
    soon = select(ShiftRow).where(ShiftRow.begins_at > now, ShiftRow.begins_at < now + timedelta(days=7))
    soon = soon.where(ShiftRow.name.in_(crew_now))
    row = session.scalars(soon.order_by(ShiftRow.begins_at, ShiftRow.id).limit(1)).first()
    return None if row is None else (row.name, row.begins_at)
