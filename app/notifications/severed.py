"""What a member lost because a server was suspended or blocked: told once for each server and day, with how many."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import instance_actor
from app.ids import IDS
from app.notifications import notify
from app.notifications.notify import NotificationDraft
from app.notifications.tables import NotificationKind, SeveranceKind, SeveranceRow
from app.services import Services

TOGETHER = timedelta(days=1)
"""What is lost within it is one event: many follows end some at a time."""


def lost(
    session: Session,
    services: Services,
    account_id: int,
    kind: SeveranceKind,
    target: str,
    *,
    follower: bool,
    at: datetime | None = None,
) -> None:
    """A member lost a follower, or somebody whom they followed. What many lose together has one moment, `at`."""
    now = at or services.clock.now()
    row = session.scalar(
        select(SeveranceRow)
        .where(
            SeveranceRow.account_id == account_id,
            SeveranceRow.kind == kind,
            SeveranceRow.target_name == target,
            SeveranceRow.created_at > now - TOGETHER,
        )
        .order_by(SeveranceRow.id.desc())
        .limit(1)
    )
    if row is None:
        row = SeveranceRow(
            id=IDS.take(now),
            account_id=account_id,
            kind=kind,
            target_name=target,
            followers=0,
            following=0,
            created_at=now,
        )
        session.add(row)
        session.flush()
        house = instance_actor.find(session, services.settings)
        sender, payload = (house.id if house is not None else account_id), {"severance_id": row.id}
        notify.add(session, services, NotificationDraft(account_id, NotificationKind.SEVERED, sender, payload=payload))
    if follower:
        row.followers += 1
    else:
        row.following += 1
