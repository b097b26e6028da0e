"""The crew: everybody who works on cases, with their records, and the cases that are for none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import InvalidError, NotFoundError
from app.paging import COUNTED
from app.reviewing import people, queues
from app.services import Services
from app.workforce import conflicts
from moderation.log import chain
from moderation.workforce import exposure, records, routing
from moderation.workforce.records import Record


@dataclass(frozen=True, slots=True)
class Day:
    """What somebody could be given now, and what grave they were given today."""

    record: Record
    waiting: int
    """Counted to one more than `COUNTED`."""
    heavy: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the crew."""

    account: AccountRow
    day: Day


def condition(session: Session, account: AccountRow, now: datetime) -> ColumnElement[bool]:
    """Which cases are for this moderator."""
    name = people.name_of(account)
    return and_(routing.suits(session, name, now, conflicts.of(session, account, now)), not_(queues.beyond(name)))


def day(session: Session, account: AccountRow, now: datetime) -> Day:
    """A moderator's day in numbers."""
    name = people.name_of(account)
    waiting = routing.waiting_for(session, name, now, condition(session, account, now), COUNTED + 1)
    heavy = exposure.today(session, name, exposure.heavy_labels(session), now)
    return Day(records.of(session, name), waiting, heavy)


def everybody(session: Session, now: datetime) -> list[AccountRow]:
    """Who works on cases, by name."""
    working = [role for role in Role if role in lookup.STAFF and lookup.at_least(role, people.LOOK)]
    query = (
        select(AccountRow)
        .join(ActorRow, ActorRow.id == AccountRow.id)
        .options(joinedload(AccountRow.actor))
        .where(AccountRow.role.in_(working), AccountRow.disabled_at.is_(None), ActorRow.suspended_at.is_(None))
        .where(ActorRow.deleted_at.is_(None), or_(AccountRow.role_until.is_(None), AccountRow.role_until > now))
        .order_by(ActorRow.username_lower)
    )
    return list(session.scalars(query))


def colleagues(session: Session, now: datetime) -> list[Colleague]:
    """Each with their day."""
    return [Colleague(account, day(session, account, now)) for account in everybody(session, now)]


def for_nobody(session: Session, now: datetime) -> list[int]:
    """Open cases that nobody here would be given."""
    able = [each for each in everybody(session, now) if lookup.at_least(each.role, people.WORK)]
    return routing.for_nobody(session, [(people.name_of(e), condition(session, e, now)) for e in able], now)


def named(session: Session, name: str, now: datetime) -> AccountRow:
    """One of the crew. Raises NotFoundError."""
    found = next((each for each in everybody(session, now) if people.name_of(each) == name), None)
    if found is None:
        raise NotFoundError
    return found


def change(services: Services, by: AccountRow, record: Record, conflicting: Sequence[str]) -> None:
    """Store a record: one's own, or a lead's word on a colleague's. `conflicting` are domains and handles.

    Raises ForbiddenError, InvalidError for a handle that nobody here has, RefusedError.
    """
    own = record.name == people.name_of(by)
    writer = people.require(by, people.LOOK if own else people.RULES)
    with services.db.write() as session:
        now = services.clock.now()
        records.put(session, with_conflicts(session, services, record, conflicting, anew=True), writer, now)
        chain.append(session, writer, "crew_record_changed", f"crew:{record.name}", {}, now)


def with_conflicts(
    session: Session, services: Services, record: Record, naming: Sequence[str], *, anew: bool = False
) -> Record:
    """A record with these domains and handles added to its conflicts, or `anew` in their place.

    Raises InvalidError for a handle that nobody here has.
    """
    domains = {each.lower() for each in naming if "@" not in each}
    known = {handle: _uri(session, services, handle) for handle in naming if "@" in handle}
    if not anew:
        domains |= set(record.conflict_domains)
        known = {**record.conflict_people, **known}
    return replace(record, conflict_domains=tuple(sorted(domains)), conflict_people=known)


def _uri(session: Session, services: Services, handle: str) -> str:
    actor = lookup.find_by_handle(session, services.settings, handle)
    if actor is None:
        raise InvalidError(f"Nobody here is known as {handle}", code="unknown_handle")
    return actor.uri
