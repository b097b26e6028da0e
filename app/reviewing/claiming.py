"""Claims for pages and API: who may take a case, and one short write for each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow
from app.errors import InvalidError
from app.reviewing import people
from app.services import Services
from app.workforce import conflicts, undertaking, zone
from moderation.cases import claims, queue
from moderation.cases.tables import CaseRow
from moderation.cases.values import CaseQuery, Claim
from moderation.quality import golden, unread
from moderation.values import CaseState
from moderation.workforce import hours, routing


def take(services: Services, account: AccountRow, case_id: int) -> Claim:
    """Claim a case or renew one's claim. Raises ForbiddenError, ClaimedError, StaleError, HoursOverError."""
    by, now = people.require(account, people.WORK), services.clock.now()
    with services.db.write() as session:
        if not _holds(session, case_id, by):
            hours.require_left(session, by, zone.of(session), now)
            undertaking.require_signed(session, by)
        return claims.take(session, case_id, by, now)


def take_next(
    services: Services, account: AccountRow, languages: tuple[str, ...] = (), among: int | None = None
) -> Claim | None:
    """Go on with the case that one holds, or claim the first that nobody works on; None when there is none.

    `among` is a queue to take it from (0: the rest); what is assigned to one comes first all the same.

    Raises HoursOverError once the hours of the week are done.
    """
    by, now = people.require(account, people.WORK), services.clock.now()
    with services.db.write() as session:
        held = held_by(session, by, now)
        if held is not None:
            return claims.take(session, held, by, now)
        hours.require_left(session, by, zone.of(session), now)
        undertaking.require_signed(session, by)
        golden.deal(session, by, now)
        unless = conflicts.of(session, account, now)
        chosen = queue.in_queue(among) if among is not None else None
        return claims.take_next(session, by, now, languages=languages, unless=unless, among=chosen)


def take_after(services: Services, account: AccountRow, left: int, among: int | None = None) -> Claim | None:
    """Give back the case that one leaves, and claim the next one below it, from the top again after the last.

    Raises HoursOverError, with the case given back, once the hours of the week are done.
    """
    by, now = people.require(account, people.WORK), services.clock.now()
    with services.db.write() as session:
        if _holds(session, left, by):
            claims.release(session, left, by, now)
    with services.db.write() as session:
        hours.require_left(session, by, zone.of(session), now)
        undertaking.require_signed(session, by)
        wanted = CaseQuery(queue=among, limit=queue.MOST, reader=by)
        waiting = [each.id for each in queue.list_cases(session, wanted, now).items]
        suiting = routing.keep(session, waiting, routing.suits(session, by, now, conflicts.of(session, account, now)))
        at = waiting.index(left) if left in waiting else -1
        for number in _gentler_first(session, by, [*waiting[at + 1 :], *waiting[: max(at, 0)]], now):
            if number in suiting and _is_for(session, number, by) and unread.is_unread_by(session, number, by, now):
                return claims.take(session, number, by, now)
    return None


def _gentler_first(session: Session, by: str, numbers: Sequence[int], now: datetime) -> list[int]:
    """In their order, but for who has just had several grave cases before them: text and what is light come first."""
    condition = routing.gentler(session, by, now)
    if condition is None:
        return list(numbers)
    gentle = routing.keep(session, numbers, condition)
    return sorted(numbers, key=lambda number: number not in gentle)


def release(services: Services, account: AccountRow, case_id: int) -> None:
    """Give a claim back. Raises ForbiddenError, ClaimedError, NotFoundError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        claims.release(session, case_id, by, services.clock.now())


def escalate(services: Services, account: AccountRow, case_id: int, note: str) -> None:
    """Hand a case to those who decide the hard ones. Raises ForbiddenError, ClaimedError, StaleError."""
    by = people.require(account, people.WORK)
    with services.db.write() as session:
        claims.escalate(session, case_id, by, services.clock.now(), note)


def assign(services: Services, account: AccountRow, case_id: int, to: str | None) -> None:
    """Give a case to a colleague (None: to everybody). Raises ForbiddenError, InvalidError, StaleError."""
    by = people.require(account, people.WORK if to == people.name_of(account) else people.PEOPLE)
    with services.db.write() as session:
        if to is not None and not is_colleague(session, to, services.clock.now()):
            raise InvalidError("Nobody of this name works on cases here", code="not_staff")
        claims.assign(session, case_id, by, services.clock.now(), to)


def is_colleague(session: Session, name: str, now: datetime) -> bool:
    """Whether somebody of this name may work on cases now: whose role has run out could never take what is theirs."""
    query = (
        select(AccountRow.role)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .where(ActorRow.local, ActorRow.username_lower == name.lower(), lookup.opens_the_review(now))
    )
    role = session.scalar(query)
    return role is not None and lookup.at_least(role, people.WORK)


def held_by(session: Session, name: str, now: datetime) -> int | None:
    """The case on which a moderator is working, the one claimed last."""
    query = (
        select(CaseRow.id)
        .where(CaseRow.claimed_by == name, CaseRow.state == CaseState.CLAIMED, CaseRow.claimed_until > now)
        .order_by(CaseRow.claimed_until.desc())
        .limit(1)
    )
    return session.scalar(query)


def _holds(session: Session, case_id: int, by: str) -> bool:
    row = session.get(CaseRow, case_id)
    return row is not None and row.claimed_by == by


def _is_for(session: Session, case_id: int, by: str) -> bool:
    """Whether it is everybody's, or this moderator's."""
    return session.get_one(CaseRow, case_id).assigned_to in (None, by)
