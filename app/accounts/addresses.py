"""From where members come: for those who moderate, a short while, and never for anybody below them.

One row for each member and address, however often they come. What is older than the house keeps goes with the purge,
and all of a member's when they leave. `OSTIARY_ADDRESS_DAYS=0` keeps none.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow, SeenAddressRow
from app.services import Services
from moderation.preservation import reach

MOST = 20
"""Of each member's: phones change theirs all day."""


def note(session: Session, services: Services, account_id: int, address: str) -> None:
    """A member came from there now. Where there's none, or none is kept, nothing is written."""
    if not address or len(address) > 45 or not services.settings.address_days:
        return
    now = services.clock.now()
    row = session.get(SeenAddressRow, (account_id, address))
    if row is None:
        row = SeenAddressRow(account_id=account_id, address=address, first_at=now)
        session.add(row)
    row.last_at = now
    session.flush()
    _forget_oldest(session, account_id, now)


def of(session: Session, account_ids: Collection[int]) -> dict[int, list[SeenAddressRow]]:
    """Members' addresses, the latest first."""
    found: dict[int, list[SeenAddressRow]] = {}
    query = select(SeenAddressRow).where(SeenAddressRow.account_id.in_(account_ids))
    for row in session.scalars(query.order_by(SeenAddressRow.last_at.desc(), SeenAddressRow.address)):
        found.setdefault(row.account_id, []).append(row)
    return found


def forget(session: Session, days: int, now: datetime) -> int:
    """Forget what nobody needs any more; how many."""
    old = delete(SeenAddressRow).where(SeenAddressRow.last_at < now - timedelta(days=days), ~_wanted(now))
    return len(session.scalars(old.returning(SeenAddressRow.account_id)).all())


def _wanted(now: datetime) -> ColumnElement[bool]:
    """An order wants its member's data kept."""
    return exists().where(ActorRow.id == SeenAddressRow.account_id, reach.reaches(now, ActorRow.uri))


def _forget_oldest(session: Session, account_id: int, now: datetime) -> None:
    mine = select(SeenAddressRow).where(SeenAddressRow.account_id == account_id, ~_wanted(now))
    beyond: Sequence[SeenAddressRow] = session.scalars(
        mine.order_by(SeenAddressRow.last_at.desc(), SeenAddressRow.address).offset(MOST)
    ).all()
    for row in beyond:
        session.delete(row)
