"""Statements read: somebody's own, and the holds that one is owed for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.holds.tables import HoldRow, HoldState
from moderation.statements.tables import StatementRow

LASTS: Final = timedelta(hours=1)
"""A hold that is longer than this is a restriction, and owes its author reasons then and there."""


def of_decision(session: Session, decision_id: int, recipient: str) -> StatementRow | None:
    """What somebody was told of a decision."""
    statement = (
        select(StatementRow)
        .where(StatementRow.decision_id == decision_id, StatementRow.recipient == recipient)
        .order_by(StatementRow.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def of_hold(session: Session, hold_id: int) -> StatementRow | None:
    """What an author was told of a hold that lasts."""
    return session.scalars(select(StatementRow).where(StatementRow.hold_id == hold_id)).first()


def of_person(session: Session, recipient: str, limit: int = 100) -> list[StatementRow]:
    """Everything that somebody was told, the newest first."""
    statement = (
        select(StatementRow).where(StatementRow.recipient == recipient).order_by(StatementRow.id.desc()).limit(limit)
    )
    return list(session.scalars(statement))


def holds_that_last(session: Session, now: datetime, limit: int) -> list[HoldRow]:
    """Members' holds of more than an hour for which no statement was given yet, oldest first."""
    given = select(StatementRow.id).where(StatementRow.hold_id == HoldRow.id)
    statement = (
        select(HoldRow)
        .where(HoldRow.state == HoldState.HELD, HoldRow.local, HoldRow.held_at <= now - LASTS, ~given.exists())
        .order_by(HoldRow.held_at, HoldRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(statement))
