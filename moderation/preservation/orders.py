"""Orders to preserve: made, lifted, listed. Each is in force at once, since what is purged meanwhile is lost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.domains import names
from moderation.errors import ForbiddenArrowError, NotFoundError, RefusedError
from moderation.log import chain
from moderation.preservation.tables import OrderKind, PreservationOrderRow

LONGEST: Final = 2048


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants kept. `target`: a URI, a domain or a case's number; `ends_at` None: until it is lifted."""

    kind: OrderKind
    target: str
    ordered_by: str
    reference: str = ""
    jurisdiction: str = ""
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def make(session: Session, order: Order, by: str, now: datetime) -> PreservationOrderRow:
    """Write an order down; in force from now on, unless it says when. Raises RefusedError, NotFoundError."""
    begins_at = order.begins_at or now
    if not order.ordered_by.strip():
        raise RefusedError("say who ordered it: the court, the authority, the lawyer")
    if order.ends_at is not None and order.ends_at <= max(begins_at, now):
        raise RefusedError("it would be over before it begins")
    target, case_id = _target(session, order)
    row = PreservationOrderRow(
        kind=order.kind,
        target=target,
        case_id=case_id,
        ordered_by=order.ordered_by.strip()[:500],
        reference=order.reference.strip()[:255],
        jurisdiction=order.jurisdiction.strip()[:64],
        begins_at=begins_at,
        ends_at=order.ends_at,
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    told = {"kind": row.kind.value, "target": target, "ordered_by": row.ordered_by, "reference": row.reference}
    chain.append(session, by, "preservation_ordered", f"order:{row.id}", told, now)
    return row


def lift(session: Session, number: int, by: str, why: str, now: datetime) -> PreservationOrderRow:
    """End an order before its time. Raises NotFoundError, RefusedError without a reason, ForbiddenArrowError."""
    row = session.get(PreservationOrderRow, number)
    if row is None:
        raise NotFoundError("there is no such order")
    if not why.strip():
        raise RefusedError("say why: it stands in the log")
    if row.lifted_at is not None or (row.ends_at is not None and row.ends_at <= now):
        raise ForbiddenArrowError("this order is over already")
    row.lifted_by, row.lifted_at, row.lifted_why = by, now, why.strip()
    chain.append(session, by, "preservation_lifted", f"order:{row.id}", {"why": row.lifted_why}, now)
    return row


def listed(session: Session) -> list[PreservationOrderRow]:
    """Every order, the newest first, also those that are over."""
    return list(session.scalars(select(PreservationOrderRow).order_by(PreservationOrderRow.id.desc())))


def _target(session: Session, order: Order) -> tuple[str, int | None]:
    given = order.target.strip()
    if order.kind is OrderKind.DOMAIN:
        return names.for_rule(given), None
    if order.kind is OrderKind.CASE:
        return _case(session, given)
    if not given.startswith(("https://", "http://")) or len(given) > LONGEST:
        raise RefusedError("an account or a post is named by its address, which begins with https://")
    return given, None


def _case(session: Session, given: str) -> tuple[str, int]:
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    if session.get(CaseRow, number) is None:
        raise NotFoundError("there is no such case")
    return str(number), number
