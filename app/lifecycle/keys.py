"""A member's key is changed: the old one signs what tells of the new one, and what was written before."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.keys import make_key_pair
from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.federation import outgoing
from app.federation.tables import DeliveryRow, DeliveryState, OutboxActivityRow, RetiredKeyRow
from app.federation.wire.keys import make_ed25519_key
from app.services import Services

RETIRED_FOR = timedelta(days=8)
"""Longer than any delivery is tried."""


def rotate(services: Services, actor_id: int) -> ActorRow:
    """Give a local actor a new key, under its old id, and tell those who follow. Raises NotFoundError.

    A second time within days, the key between is forgotten: a peer that has only the first fetches the newest.
    """
    pair = make_key_pair()
    now = services.clock.now()
    with services.db.write() as session:
        actor = session.get(ActorRow, actor_id)
        if actor is None or not actor.local or actor.deleted_at is not None or actor.private_key_pem is None:
            raise NotFoundError
        old = actor.private_key_pem
        actor.public_key_pem, actor.private_key_pem = pair.public_pem, pair.private_pem
        actor.ed25519_private_pem = make_ed25519_key()  # who has one of them may have the other
        session.flush()
        outgoing.profile_updated(session, services, actor)
        last = session.scalar(select(func.max(OutboxActivityRow.id)).where(OutboxActivityRow.actor_id == actor_id))
        if last is not None:
            session.merge(RetiredKeyRow(actor_id=actor_id, private_key_pem=old, last_activity_id=last, retired_at=now))
    return actor


def forget_retired(services: Services) -> int:
    """Forget old keys that have nothing left to sign; how many."""
    with services.db.write() as session:
        rows = session.scalars(select(RetiredKeyRow)).all()
        over = [row for row in rows if _is_over(session, row) or services.clock.now() - row.retired_at > RETIRED_FOR]
        session.execute(delete(RetiredKeyRow).where(RetiredKeyRow.actor_id.in_([row.actor_id for row in over])))
    return len(over)


def _is_over(session: Session, row: RetiredKeyRow) -> bool:
    waits = (
        exists()
        .where(DeliveryRow.activity_id == OutboxActivityRow.id, DeliveryRow.state == DeliveryState.WAITING)
        .where(OutboxActivityRow.actor_id == row.actor_id, OutboxActivityRow.id <= row.last_activity_id)
    )
    return not session.scalar(select(waits))
