"""An order by the names that people use: @handles, and addresses of pages. What isn't here can't be kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.posts.tables import PostRow
from app.services import Services
from moderation import turns
from moderation.preservation import acts
from moderation.preservation.orders import Order
from moderation.preservation.tables import OrderKind, PreservationOrderRow


def make(services: Services, order: Order, by: str) -> PreservationOrderRow:
    """Write an order down, as whoever has the server's command line does: by nobody's leave.

    Raises NotFoundError where its target isn't here, RefusedError: it would keep nothing.
    """
    with services.db.write() as session:
        turns.take(session)
        return acts.make(session, named(session, order), by, services.clock.now(), alone=True)


def named(session: Session, order: Order) -> Order:
    """The order with its target's address, where it was named by a handle or a page. Raises NotFoundError."""
    if order.kind is OrderKind.ACCOUNT:
        return replace(order, target=_account(session, order.target.strip()))
    if order.kind is OrderKind.POST:
        return replace(order, target=_post(session, order.target.strip()))
    return order


def lift(services: Services, number: int, by: str, why: str) -> PreservationOrderRow:
    """End an order at once, by the command line. Raises NotFoundError, RefusedError, ForbiddenArrowError."""
    with services.db.write() as session:
        turns.take(session)
        acts.lift(session, number, by, why, services.clock.now(), alone=True)
        return session.get_one(PreservationOrderRow, number)


def change_end(services: Services, number: int, ends_at: datetime | None, by: str, why: str) -> PreservationOrderRow:
    """Give an order another end at once. Raises NotFoundError, RefusedError, ForbiddenArrowError."""
    with services.db.write() as session:
        turns.take(session)
        acts.change_end(session, number, ends_at, by, why, services.clock.now(), alone=True)
        return session.get_one(PreservationOrderRow, number)


def _account(session: Session, given: str) -> str:
    name, _at, domain = given.removeprefix("@").lower().partition("@")
    at_home = ActorRow.local if not domain else ActorRow.domain == domain
    called = (ActorRow.username_lower == name) & at_home
    found = session.scalars(select(ActorRow.uri).where(or_(ActorRow.uri == given, called))).first()
    if found is None:
        raise NotFoundError("No such account is known here")
    return found


def _post(session: Session, given: str) -> str:
    found = session.scalars(select(PostRow.uri).where(or_(PostRow.uri == given, PostRow.url == given))).first()
    if found is None:
        raise NotFoundError("No such post is known here: give the address of its page or its id")
    return found
