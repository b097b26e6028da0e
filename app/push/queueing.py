"""What is to be pushed: rows, written with the notifications that they tell of, for those devices that want to know."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database.engine import after_commit
from app.notifications.tables import NotificationKind, NotificationRow
from app.push.subscriptions import ALERTS
from app.push.tables import PushPolicy, PushRow, PushSubscriptionRow
from app.relationships.tables import FollowRow, FollowState
from app.services import Services
from app.stores.jobs import Job

FROM_THE_HOUSE = frozenset(
    {NotificationKind.MODERATION_WARNING, NotificationKind.SEVERED, NotificationKind.POLL, NotificationKind.REPORT}
)
"""Whoever is named as their sender, it isn't somebody whom a policy is about."""


def notifications(session: Session, services: Services, rows: Sequence[NotificationRow]) -> None:
    """Have these pushed where somebody asked for it. What waits at the door is never pushed: it has no alert."""
    told = [row for row in rows if not row.filtered and row.kind.value in ALERTS]
    if not told:
        return
    subscriptions: dict[int, list[PushSubscriptionRow]] = {}
    members = {row.account_id for row in told}
    for one in session.scalars(select(PushSubscriptionRow).where(PushSubscriptionRow.account_id.in_(members))):
        subscriptions.setdefault(one.account_id, []).append(one)
    wanted = [
        (row, one)
        for row in told
        for one in subscriptions.get(row.account_id, ())
        if one.alerts.get(row.kind.value) and _allows(session, one, row)
    ]
    now = services.clock.now()
    for row, one in wanted:
        session.add(PushRow(subscription_id=one.id, notification_id=row.id, next_at=now, made_at=now))
    if wanted:
        after_commit(session, lambda: services.nudger.nudge(Job.PUSH))


def call(session: Session, services: Services, account_id: int, title: str, text: str) -> int:
    """Have a member called on all of their devices, whatever they asked to be told of: for who is on call. `text` must
    say nothing of what a case is about: lock screens show it. How many devices."""
    ids = session.scalars(select(PushSubscriptionRow.id).where(PushSubscriptionRow.account_id == account_id)).all()
    now = services.clock.now()
    for number in ids:
        session.add(
            PushRow(subscription_id=number, title=title[:200], text=text[:500], urgent=True, next_at=now, made_at=now)
        )
    if ids:
        after_commit(session, lambda: services.nudger.nudge(Job.PUSH))
    return len(ids)


def _allows(session: Session, one: PushSubscriptionRow, row: NotificationRow) -> bool:
    if one.policy is PushPolicy.ALL or (row.kind in FROM_THE_HOUSE and one.policy is not PushPolicy.NONE):
        return True
    if one.policy is PushPolicy.NONE:
        return False
    pair = (row.account_id, row.from_actor_id)
    follower, target = pair if one.policy is PushPolicy.FOLLOWED else (pair[1], pair[0])
    follows = select(FollowRow.id).where(
        FollowRow.follower_id == follower, FollowRow.target_id == target, FollowRow.state == FollowState.ACCEPTED
    )
    return session.scalar(follows) is not None
