"""Queues for pages and API: who may change them, the role that each asks for, and cases that are placed anew."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts import lookup
from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import ForbiddenError, InvalidError
from app.reviewing import people
from app.services import Services
from app.stores.jobs import Job
from moderation.cases.tables import CaseRow
from moderation.queues import keeping, placing
from moderation.queues.tables import QueueRow
from moderation.queues.values import Queue
from moderation.rows import table_of

ROLES: Final = (Role.REVIEWER, Role.MODERATOR, Role.LEAD)
"""Which a queue may ask for; every house has an admin, who reaches all of them."""
_ME = aliased(ActorRow)


def put(services: Services, account: AccountRow, queue: Queue) -> Queue:
    """Make a queue (id 0) or change one; its cases follow in a job. Raises ForbiddenError, RefusedError."""
    by = people.require(account, people.RULES)
    require_role(queue)
    with services.db.write() as session:
        kept = keeping.put(session, queue, by, services.clock.now())
    services.nudger.nudge(Job.PLACE_CASES)
    return kept


def move(services: Services, account: AccountRow, number: int, *, up: bool) -> None:
    """Let it be asked earlier or later. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        keeping.move(session, number, by, services.clock.now(), up=up)
    services.nudger.nudge(Job.PLACE_CASES)


def retire(services: Services, account: AccountRow, number: int) -> None:
    """Use it no longer. Raises ForbiddenError, NotFoundError."""
    by = people.require(account, people.RULES)
    with services.db.write() as session:
        keeping.retire(session, number, by, services.clock.now())
    services.nudger.nudge(Job.PLACE_CASES)


def drain(services: Services, limit: int) -> int:
    """Place cases anew that were placed before queues changed; how many."""
    with services.db.write() as session:
        return placing.again(session, services.clock.now(), limit)


def require_role(queue: Queue) -> None:
    """Raise InvalidError for a role that no queue asks for."""
    if queue.required_role not in ROLES:
        raise InvalidError("a queue asks for a reviewer, a moderator or a lead", code="role_unknown")


def require_for(session: Session, account: AccountRow, number: int | None) -> None:
    """Raise NotFoundError for a queue that isn't in use, ForbiddenError for one whose cases need a higher role; 0 (the
    rest) and None (all) are everybody's."""
    if number and not may(account.role, keeping.find(session, number)):
        raise ForbiddenError("This queue is for another role", code="role_required")


def may(role: Role, queue: Queue) -> bool:
    """Whether somebody of this role works on its cases. Who is learning sees what a reviewer does."""
    return queue.required_role == Role.REVIEWER or lookup.at_least(role, Role(queue.required_role))


def beyond(name: str) -> ColumnElement[bool]:
    """A condition on cases: that their queue asks for a higher role than this moderator has."""
    queue = table_of(CaseRow).c.queue_id
    higher = (and_(queue.in_(_asking(role)), ~_reaches(name, role)) for role in ROLES[1:])
    return and_(queue.is_not(None), or_(false(), *higher))  # without the first half the rest would be nobody's


def _asking(role: Role) -> Select[int]:
    table = table_of(QueueRow)
    return select(table.c.id).where(table.c.required_role == role.value, table.c.retired_at.is_(None))


def _reaches(name: str, least: Role) -> ColumnElement[bool]:
    able = [role for role in Role if lookup.is_staff(role) and lookup.at_least(role, least)]
    query = (
        select(_ME.id)
        .join(AccountRow, AccountRow.id == _ME.id)
        .where(_ME.username_lower == name.lower(), _ME.username == name, _ME.local, AccountRow.role.in_(able))
    )
    return query.exists()
