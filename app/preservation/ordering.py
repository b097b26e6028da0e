"""Orders to preserve as people deal with them: an admin for everything, the child-safety role for what is sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow, ActorRow, Role
from app.errors import NotFoundError
from app.mail import Mail
from app.notifications import languages, post_office
from app.preservation import making
from app.reviewing import people
from app.services import Services
from moderation import turns
from moderation.grave.tables import GraveCaseRow, GraveKind
from moderation.preservation import acts
from moderation.preservation.orders import Order
from moderation.preservation.tables import ActState, OrderActRow, OrderKind, PreservationOrderRow

PAGES = {Role.ADMIN: "/review/preservation", Role.CHILD_SAFETY: "/review/child-safety"}


def make(services: Services, account: AccountRow, order: Order) -> PreservationOrderRow:
    """Write an order down. Raises ForbiddenError, NotFoundError, RefusedError."""
    with services.db.write() as session:
        turns.take(session)
        by = _require_for(session, account, order.kind, order.target)
        named = making.named(session, order)
        row = acts.make(session, named, by, services.clock.now(), alone=not _others(session, services, by))
        _tell(session, services, by, row.id)
    return row


def change_end(services: Services, account: AccountRow, number: int, ends_at: datetime | None, why: str) -> OrderActRow:
    """Give an order another end. Raises ForbiddenError, NotFoundError, RefusedError, ForbiddenArrowError."""
    with services.db.write() as session:
        turns.take(session)
        by, now = _require(session, account, number), services.clock.now()
        act = acts.change_end(session, number, ends_at, by, why, now, alone=not _others(session, services, by))
        _tell(session, services, by, number)
    return act


def lift(services: Services, account: AccountRow, number: int, why: str) -> OrderActRow:
    """End an order, or ask a second person. Raises ForbiddenError, NotFoundError, RefusedError, ForbiddenArrowError."""
    with services.db.write() as session:
        turns.take(session)
        by, now = _require(session, account, number), services.clock.now()
        act = acts.lift(session, number, by, why, now, alone=not _others(session, services, by))
        _tell(session, services, by, number)
    return act


def answer(services: Services, account: AccountRow, act_id: int, *, yes: bool) -> OrderActRow:
    """The second person's word; of one's own act, where nobody else is left, yes alone.

    Raises ForbiddenError, NotFoundError, RefusedError, ForbiddenArrowError.
    """
    with services.db.write() as session:
        turns.take(session)
        by, now = _require(session, account, acts.find(session, act_id).order_id), services.clock.now()
        if yes:
            return acts.confirm(session, act_id, by, now, alone=not _others(session, services, by))
        return acts.refuse(session, act_id, by, now)


def take_back(services: Services, account: AccountRow, act_id: int) -> OrderActRow:
    """One's own wish that an order end sooner. Raises what `answer` does."""
    with services.db.write() as session:
        turns.take(session)
        by = _require(session, account, acts.find(session, act_id).order_id)
        return acts.take_back(session, act_id, by, services.clock.now())


def is_alone(session: Session, services: Services, account: AccountRow) -> bool:
    """Whether there is nobody else who may confirm."""
    return not _others(session, services, people.name_of(account))


def needs_two(session: Session, services: Services) -> bool:
    """Whether the crew has two people for orders."""
    return len(_who(session, services)) > 1


def _require(session: Session, account: AccountRow, number: int) -> str:
    row = session.get(PreservationOrderRow, number)
    if row is None:
        raise NotFoundError("There is no such order")
    return _require_for(session, account, row.kind, row.target)


def _require_for(session: Session, account: AccountRow, kind: OrderKind, target: str) -> str:
    if account.role is not Role.CHILD_SAFETY:
        return people.require(account, Role.ADMIN)
    name = people.require(account, Role.CHILD_SAFETY)
    number = int(target) if target.isascii() and target.isdigit() and len(target) < 19 else 0
    grave = session.get(GraveCaseRow, number) if kind is OrderKind.CASE else None
    if grave is None or grave.kind is not GraveKind.CHILD_SAFETY:
        raise NotFoundError("There is no such grave case")
    return name


def _who(session: Session, services: Services) -> list[ActorRow]:
    now = services.clock.now()
    both = [*people.who_may(session, Role.ADMIN, now), *people.who_may(session, Role.CHILD_SAFETY, now)]
    return list({actor.id: actor for actor in both}.values())


def _others(session: Session, services: Services, name: str) -> list[ActorRow]:
    return [actor for actor in _who(session, services) if actor.username != name]


def _tell(session: Session, services: Services, by: str, number: int) -> None:
    """Those who may confirm hear that something waits for them; not what."""
    waiting = select(OrderActRow.id).where(OrderActRow.order_id == number, OrderActRow.state == ActState.WAITING)
    if session.scalar(waiting.limit(1)) is None:
        return
    for actor in _others(session, services, by):
        account = session.get_one(AccountRow, actor.id)
        _ = languages.translator(account.locale)
        values = {"number": number, "domain": services.settings.domain}
        subject = _("Order %(number)s at %(domain)s waits for a second person") % values
        text = _("A colleague dealt with an order to preserve. Look at it, and confirm or refuse it.")
        link = f"{services.settings.base_url}{PAGES[account.role]}"
        post_office.put(session, services, Mail(account.email, subject, f"{text}\n\n{link}\n"))
