"""Whom newcomers follow from the first moment, so that home isn't empty: the house's choice, by default nobody."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.accounts.tables import ActorRow
from app.errors import AppError
from app.instance import facts
from app.relationships import follow
from app.services import Services

FACT = "newcomers_follow"


def choose(services: Services, actor_ids: Sequence[int]) -> None:
    """From now on newcomers follow these, members or known actors elsewhere."""
    with services.db.write() as session:
        facts.put(session, FACT, list(actor_ids), services.clock.now())


def follow_chosen(services: Services, account_id: int) -> int:
    """What a newcomer's first follows are; how many were made. Who can't be followed any more is left out."""
    with services.db.read() as session:
        chosen = select(ActorRow.id).where(ActorRow.id.in_(facts.get(session, FACT, [])), ActorRow.id != account_id)
        targets = session.scalars(chosen.order_by(ActorRow.id)).all()
    return sum(_follow(services, account_id, target) for target in targets)


def _follow(services: Services, account_id: int, target_id: int) -> bool:
    try:
        follow.follow(services, account_id, target_id)
    except AppError:
        return False  # left, suspended, or their domain is blocked: the newcomer loses nothing by it
    return True
