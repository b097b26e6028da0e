"""Claims: a lease of five minutes, so that no two people work on the same case and a crash frees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Row, and_, or_, select
from sqlalchemy.orm import Session

from moderation.cases import assigned, exclusions, opening, states
from moderation.cases.tables import CaseRow
from moderation.cases.values import Claim
from moderation.errors import ClaimedError, ForbiddenArrowError, NotFoundError, RefusedError, StaleError
from moderation.log import chain as log
from moderation.quality import unread
from moderation.rows import table_of
from moderation.values import CaseState
from moderation.workforce import attendance, routing

LEASE: Final = timedelta(minutes=5)
TRIES: Final = 20


def take(session: Session, case_id: int, moderator: str, now: datetime) -> Claim:
    """Claim a case, or renew one's claim.

    Raises ClaimedError, StaleError (decided meanwhile), ExcludedError (it isn't for them), NotFoundError, RefusedError
    where one has had one's say on it.
    """
    exclusions.require(session, case_id, moderator, now)
    until = now + LEASE
    if not unread.is_unread_by(session, case_id, moderator, now) and session.get(CaseRow, case_id) is not None:
        raise RefusedError("you have had your say on this case; somebody else reads it now")
    before = session.get(CaseRow, case_id, populate_existing=True)
    renewed = before is not None and before.claimed_by == moderator and before.state is CaseState.CLAIMED
    try:
        went = states.change(
            session,
            case_id,
            CaseState.CLAIMED,
            now,
            free_for(moderator, now),
            claimed_by=moderator,
            claimed_until=until,
        )
    except ForbiddenArrowError as error:
        raise stale(session.get_one(CaseRow, case_id)) from error
    row = session.get_one(CaseRow, case_id)
    if not went:
        raise ClaimedError(row.claimed_by or "", row.claimed_until or now)
    if not renewed:
        opening.note(session, case_id, "claimed", moderator, now)
    attendance.beat(session, moderator, attendance.kind_of(row), now)
    return Claim(case_id, moderator, until, row.version)


def take_next(
    session: Session,
    moderator: str,
    now: datetime,
    *,
    languages: tuple[str, ...] = (),
    unless: ColumnElement[bool] | None = None,
    among: ColumnElement[bool] | None = None,
) -> Claim | None:
    """Claim the first case of the queue that nobody works on; None when there is none.

    Cases that were assigned to the moderator come first; those of others, and escalated ones, are left out, and so is
    what their record says isn't for them, and what `unless` says (a condition on cases). `among` is another condition,
    on what isn't assigned to them: a queue that they chose. Who has just had several grave cases before them gets what
    is gentler, as long as any waits.
    """
    deal = _Deal(moderator, now, languages, routing.suits(session, moderator, now, unless), among)
    gentler = routing.gentler(session, moderator, now)
    for _ in range(TRIES):
        case_id = _dealt(session, deal, gentler)
        if case_id is None:
            return None
        try:
            return take(session, case_id, moderator, now)
        except (ClaimedError, StaleError):
            continue  # somebody was faster: the next one
    return None


def next_for(
    session: Session,
    moderator: str,
    now: datetime,
    *,
    unless: ColumnElement[bool] | None = None,
    among: ColumnElement[bool] | None = None,
) -> int | None:
    """Which case `take_next` would claim now. Nothing is claimed or locked: somebody else may be faster."""
    deal = _Deal(moderator, now, (), routing.suits(session, moderator, now, unless), among)
    return _dealt(session, deal, routing.gentler(session, moderator, now), locked=False)


def release(session: Session, case_id: int, moderator: str, now: datetime) -> None:
    """Give a claim back. Raises ClaimedError where another holds it; without a claim nothing happens."""
    row = find(session, case_id)
    if row.state is not CaseState.CLAIMED:
        return
    to = CaseState.OPEN if row.escalated_at is None else CaseState.ESCALATED
    went = states.change(session, case_id, to, now, free_for(moderator, now), claimed_by=None, claimed_until=None)
    if not went:
        raise ClaimedError(row.claimed_by or "", row.claimed_until or now)
    opening.note(session, case_id, "released", moderator, now)
    attendance.beat(session, moderator, attendance.kind_of(row), now)


def assign(session: Session, case_id: int, moderator: str, now: datetime, to: str | None) -> None:
    """Give a case to somebody (None: to everybody). Raises StaleError for one that is decided, ExcludedError where it
    isn't for the giver or the taker."""
    row = find(session, case_id)
    for name in (moderator, to):
        if name is not None:
            exclusions.require(session, case_id, name, now)
    if row.state not in states.UNDECIDED:
        raise stale(row)
    row.assigned_to = to
    session.flush()
    opening.note(session, case_id, "assigned", moderator, now, {"to": to})
    log.append(session, moderator, "assigned", f"case:{case_id}", {"to": to}, now)


def escalate(session: Session, case_id: int, moderator: str, now: datetime, note: str = "") -> None:
    """Hand a case to those who decide the hard ones. Raises ClaimedError, StaleError, ExcludedError, NotFoundError."""
    exclusions.require(session, case_id, moderator, now)
    row = find(session, case_id)
    if row.state is CaseState.ESCALATED:
        return
    try:
        went = states.change(
            session,
            case_id,
            CaseState.ESCALATED,
            now,
            free_for(moderator, now),
            claimed_by=None,
            claimed_until=None,
            escalated_by=moderator,
            escalated_at=now,
            escalation_note=note[:2000],
        )
    except ForbiddenArrowError as error:
        raise stale(session.get_one(CaseRow, case_id)) from error
    if not went:
        row = session.get_one(CaseRow, case_id)
        raise ClaimedError(row.claimed_by or "", row.claimed_until or now)
    opening.note(session, case_id, "escalated", moderator, now, {"note": note[:2000]})
    attendance.beat(session, moderator, attendance.kind_of(row), now)


def free_for(moderator: str, now: datetime) -> ColumnElement[bool]:
    """Nobody else holds a claim that hasn't run out."""
    table = table_of(CaseRow)
    return or_(table.c.claimed_by.is_(None), table.c.claimed_by == moderator, table.c.claimed_until <= now)


def stale(row: CaseRow) -> StaleError:
    """What happened to a case that can't be worked on any more."""
    if row.state is CaseState.DECIDED:
        return StaleError("decided", row.decided_by, row.decided_at, row.version)
    return StaleError(row.changed_what, row.changed_by, row.changed_at, row.version)


def find(session: Session, case_id: int) -> CaseRow:
    """A case as it is now. Raises NotFoundError."""
    row = session.get(CaseRow, case_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such case")
    return row


@dataclass(frozen=True, slots=True)
class _Deal:
    """To whom a case is dealt, and which may be."""

    moderator: str
    now: datetime
    languages: tuple[str, ...]
    suits: ColumnElement[bool]
    among: ColumnElement[bool] | None


def _dealt(session: Session, deal: _Deal, gentler: ColumnElement[bool] | None, *, locked: bool = True) -> int | None:
    """The first of what is gentler, if that is asked for and any waits; else the first."""
    if gentler is not None:
        found = _first(session, replace(deal, suits=and_(deal.suits, gentler)), locked=locked)
        if found is not None:
            return found
    return _first(session, deal, locked=locked)


def _first(session: Session, deal: _Deal, *, locked: bool) -> int | None:
    """The case to be dealt next. Each part is a question that an index answers: one for all would sort everything."""
    table = table_of(CaseRow)
    moderator, now = deal.moderator, deal.now
    conditions = [deal.suits, exclusions.is_for(session, moderator, now), unread.unread_by(moderator, now)]
    if deal.languages:
        conditions.append(or_(table.c.language.is_(None), table.c.language.in_(deal.languages)))
    over = and_(table.c.state == CaseState.CLAIMED, table.c.claimed_until <= now, table.c.escalated_at.is_(None))
    waiting = table.c.state == CaseState.OPEN

    def best(*which: ColumnElement[bool]) -> Row[int, float] | None:
        query = select(table.c.id, table.c.rank).where(*which, *conditions)
        ordered = query.order_by(table.c.rank.desc(), table.c.id).limit(1)
        return session.execute(ordered.with_for_update(skip_locked=True) if locked else ordered).first()

    own = best(table.c.assigned_to == moderator, or_(waiting, over))
    if own is not None:
        return int(own.id)
    everybodys = assigned.may_take(moderator, now)
    if deal.among is not None:
        everybodys = and_(everybodys, deal.among)
    found = [row for row in (best(waiting, everybodys), best(over, everybodys)) if row is not None]
    return int(min(found, key=lambda row: (-row.rank, row.id)).id) if found else None
