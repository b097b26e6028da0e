"""Subscriptions that end, with what waits for them."""

from __future__ import annotations

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from app.push.tables import PushRow, PushSubscriptionRow


def browsers(session: Session, account_id: int) -> None:
    """All browsers in which somebody is called: they signed out everywhere, or may do less here now. Programs are
    let go with their tokens.
    """
    mine = select(PushSubscriptionRow.id).where(PushSubscriptionRow.account_id == account_id)
    of(session, mine.where(PushSubscriptionRow.token_id.is_(None)))


def of(session: Session, which: Select[int]) -> None:
    """These, by their ids."""
    ids = list(session.scalars(which))
    session.execute(delete(PushRow).where(PushRow.subscription_id.in_(ids)))
    session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id.in_(ids)))
