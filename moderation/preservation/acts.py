"""Two people for an order: one acts, another confirms. What keeps more holds at once, for what is purged is lost; what
keeps less waits for the second. Where there is nobody else, one is enough, and it says so for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from moderation.errors import ForbiddenArrowError, NotFoundError, RefusedError
from moderation.log import chain
from moderation.preservation import orders
from moderation.preservation.orders import Order
from moderation.preservation.tables import ActKind, ActState, OrderActRow, PreservationOrderRow
from moderation.rows import table_of

ARROWS: Final[Mapping[ActState, frozenset[ActState]]] = {
    ActState.WAITING: frozenset((ActState.CONFIRMED, ActState.REFUSED, ActState.TAKEN_BACK, ActState.ALONE)),
    ActState.CONFIRMED: frozenset(),
    ActState.REFUSED: frozenset(),
    ActState.TAKEN_BACK: frozenset(),
    ActState.ALONE: frozenset(),
}
_REASON: Final = "say why: it stands in the log"


def make(session: Session, order: Order, by: str, now: datetime, *, alone: bool) -> PreservationOrderRow:
    """Write an order down; it holds at once. Raises RefusedError, NotFoundError."""
    row = orders.make(session, order, by, now)
    _note(session, row, ActKind.MADE, by, now, alone=alone, ends_at=row.ends_at)
    return row


def change_end(
    session: Session, number: int, ends_at: datetime | None, by: str, why: str, now: datetime, *, alone: bool
) -> OrderActRow:
    """Another end, or none. A later one holds at once, an earlier one when a second person says yes.

    Raises NotFoundError, RefusedError, ForbiddenArrowError for an order that is over.
    """
    row = _running(session, number, why, now)
    if ends_at is not None and ends_at <= now:
        raise RefusedError("this day is over: lift the order instead")
    if ends_at == row.ends_at:
        raise RefusedError("it ends then already")
    longer = row.ends_at is not None and (ends_at is None or ends_at > row.ends_at)
    what = ActKind.EXTENDED if longer else ActKind.SHORTENED
    act = _note(session, row, what, by, now, alone=alone, ends_at=ends_at, before=row.ends_at, why=why)
    if longer or alone:
        row.ends_at = ends_at
    told = {"ends_at": ends_at.date().isoformat() if ends_at else None, "why": why.strip(), "alone": alone}
    chain.append(session, by, f"preservation_{what.value}", f"order:{row.id}", told, now)
    return act


def lift(session: Session, number: int, by: str, why: str, now: datetime, *, alone: bool) -> OrderActRow:
    """End an order: at once where there is nobody else, else when a second person says yes.

    Raises NotFoundError, RefusedError without a reason, ForbiddenArrowError.
    """
    row = _running(session, number, why, now)
    act = _note(session, row, ActKind.LIFTED, by, now, alone=alone, why=why)
    if alone:
        orders.lift(session, number, by, why, now)
    else:
        chain.append(session, by, "preservation_lift_asked", f"order:{row.id}", {"why": why.strip()}, now)
    return act


def confirm(session: Session, act_id: int, by: str, now: datetime, *, alone: bool = False) -> OrderActRow:
    """A second person says yes; `alone`: who acted is the only one left, and it is noted as theirs alone.

    Raises NotFoundError, RefusedError for one's own act, ForbiddenArrowError.
    """
    act = find(session, act_id)
    if act.by == by and not alone:
        raise RefusedError("this is your own: somebody else confirms it")
    _answer(session, act, ActState.ALONE if act.by == by else ActState.CONFIRMED, by, now)
    row = session.get_one(PreservationOrderRow, act.order_id)
    if row.lifted_at is None:
        if act.what is ActKind.SHORTENED:
            row.ends_at = act.ends_at
        elif act.what is ActKind.LIFTED:
            orders.lift(session, row.id, by, act.why, now)
    chain.append(session, by, "preservation_confirmed", f"order:{row.id}", {"what": act.what.value}, now)
    return act


def refuse(session: Session, act_id: int, by: str, now: datetime) -> OrderActRow:
    """A second person says no: an order that was made ends, an end that was moved is where it was, the rest stays.

    Raises NotFoundError, RefusedError for one's own act, ForbiddenArrowError.
    """
    act = find(session, act_id)
    if act.by == by:
        raise RefusedError("this is your own: take it back instead")
    _answer(session, act, ActState.REFUSED, by, now)
    row = session.get_one(PreservationOrderRow, act.order_id)
    if row.lifted_at is None:
        if act.what is ActKind.EXTENDED:
            row.ends_at = act.before_ends_at
        elif act.what is ActKind.MADE:
            orders.lift(session, row.id, by, "a second person refused it", now)
    chain.append(session, by, "preservation_refused", f"order:{row.id}", {"what": act.what.value}, now)
    return act


def take_back(session: Session, act_id: int, by: str, now: datetime) -> OrderActRow:
    """Who wanted an order to end sooner doesn't any more. Raises NotFoundError, RefusedError for another's, and for
    what holds already: that ends by an end of the order."""
    act = find(session, act_id)
    if act.by != by:
        raise RefusedError("this is somebody else's: confirm or refuse it")
    if act.what in (ActKind.MADE, ActKind.EXTENDED):
        raise RefusedError("this holds already: end the order, or give it another end")
    _answer(session, act, ActState.TAKEN_BACK, by, now)
    chain.append(session, by, "preservation_taken_back", f"order:{act.order_id}", {"what": act.what.value}, now)
    return act


def find(session: Session, act_id: int) -> OrderActRow:
    """An act. Raises NotFoundError."""
    row = session.get(OrderActRow, act_id, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such act")
    return row


def of(session: Session, order_ids: list[int]) -> dict[int, list[OrderActRow]]:
    """By order, what was done to it, oldest first."""
    found: dict[int, list[OrderActRow]] = {number: [] for number in order_ids}
    query = select(OrderActRow).where(OrderActRow.order_id.in_(order_ids)).order_by(OrderActRow.id)
    for row in session.scalars(query):
        found[row.order_id].append(row)
    return found


def _running(session: Session, number: int, why: str, now: datetime) -> PreservationOrderRow:
    row = session.get(PreservationOrderRow, number, populate_existing=True)
    if row is None:
        raise NotFoundError("there is no such order")
    if not why.strip():
        raise RefusedError(_REASON)
    if row.lifted_at is not None or (row.ends_at is not None and row.ends_at <= now):
        raise ForbiddenArrowError("this order is over already")
    ends = (ActKind.SHORTENED, ActKind.LIFTED)
    waiting = select(OrderActRow.id).where(
        OrderActRow.order_id == number, OrderActRow.state == ActState.WAITING, OrderActRow.what.in_(ends)
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise RefusedError("a second person is asked about its end already")
    return row


def _note(
    session: Session,
    row: PreservationOrderRow,
    what: ActKind,
    by: str,
    now: datetime,
    *,
    alone: bool,
    ends_at: datetime | None = None,
    before: datetime | None = None,
    why: str = "",
) -> OrderActRow:
    state = ActState.ALONE if alone else ActState.WAITING
    values: dict[str, Any] = {"before_ends_at": before, "ends_at": ends_at, "why": why.strip()[:2000]}
    act = OrderActRow(order_id=row.id, what=what, state=state, by=by, at=now, **values)
    session.add(act)
    session.flush()
    return act


def _answer(session: Session, act: OrderActRow, to: ActState, by: str, now: datetime) -> None:
    table = table_of(OrderActRow)
    sources = [state for state, targets in ARROWS.items() if to in targets]
    wanted = update(table).where(table.c.id == act.id, table.c.state.in_(sources))
    if session.connection().execute(wanted.values(state=to, answered_by=by, answered_at=now)).rowcount != 1:
        raise ForbiddenArrowError("somebody has answered this already")
    session.refresh(act)
