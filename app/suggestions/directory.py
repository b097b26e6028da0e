"""The directory: everybody who wants to be found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.suggestions.findable import findable, welcome_to


class Order(StrEnum):
    """Who posted last comes first, or who came last."""

    ACTIVE = "active"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of it."""

    order: Order = Order.ACTIVE
    local: bool = False
    offset: int = 0
    limit: int = 40


def people(session: Session, viewer_id: int | None, asked: Asked, now: datetime) -> Sequence[ActorRow]:
    """A page of it, without those whom the viewer blocks, mutes, or is blocked by."""
    query = select(ActorRow).where(findable())
    if viewer_id is not None:
        query = query.where(welcome_to(viewer_id, now))
    if asked.local:
        query = query.where(ActorRow.local)
    if asked.order is Order.ACTIVE:
        query = query.order_by(ActorRow.last_post_at.desc().nulls_last(), ActorRow.id.desc())
    else:
        query = query.order_by(ActorRow.created_at.desc(), ActorRow.id.desc())
    return session.scalars(query.offset(asked.offset).limit(asked.limit)).all()
