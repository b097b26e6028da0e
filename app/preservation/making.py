"""An order by the names that people use: @handles, and addresses of pages. What isn't here can't be kept."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.posts.tables import PostRow
from app.services import Services
from moderation import turns
from moderation.preservation import orders
from moderation.preservation.orders import Order
from moderation.preservation.tables import OrderKind, PreservationOrderRow


def make(services: Services, order: Order, by: str) -> PreservationOrderRow:
    """Write an order down. Raises NotFoundError where its target isn't here, RefusedError: it would keep nothing."""
    with services.db.write() as session:
        turns.take(session)
        if order.kind is OrderKind.ACCOUNT:
            order = replace(order, target=_account(session, order.target.strip()))
        elif order.kind is OrderKind.POST:
            order = replace(order, target=_post(session, order.target.strip()))
        return orders.make(session, order, by, services.clock.now())


def lift(services: Services, number: int, by: str, why: str) -> PreservationOrderRow:
    """End an order. Raises NotFoundError, RefusedError, ForbiddenArrowError."""
    with services.db.write() as session:
        turns.take(session)
        return orders.lift(session, number, by, why, services.clock.now())


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
