"""Browsers in which somebody of the team is called: subscribed on the page of who is on call, by its service worker.

A browser has no token as a client has; what reaches it are calls alone, and they say nothing of what a case is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError, NotFoundError
from app.push import letting_go, subscriptions
from app.push.subscriptions import Wanted
from app.push.tables import PushPolicy, PushSubscriptionRow
from app.reviewing import people
from app.services import Services

MOST: Final = 10


def of(session: Session, account_id: int) -> Sequence[PushSubscriptionRow]:
    """Those of one person, the oldest first."""
    query = select(PushSubscriptionRow).where(
        PushSubscriptionRow.account_id == account_id, PushSubscriptionRow.token_id.is_(None)
    )
    return session.scalars(query.order_by(PushSubscriptionRow.id)).all()


def listen(services: Services, account: AccountRow, wanted: Wanted, label: str) -> PushSubscriptionRow:
    """Have somebody called in this browser. One browser calls one person: who asks there last.

    Raises ForbiddenError, and InvalidError for what is no subscription, or for one too many.
    """
    people.require(account, people.LOOK)
    subscriptions.require_good(services, wanted)
    with services.db.write() as session:
        same = select(PushSubscriptionRow.id).where(
            PushSubscriptionRow.token_id.is_(None), PushSubscriptionRow.endpoint == wanted.endpoint
        )
        letting_go.of(session, same)
        held = select(func.count()).select_from(PushSubscriptionRow)
        held = held.where(PushSubscriptionRow.account_id == account.id, PushSubscriptionRow.token_id.is_(None))
        if (session.scalar(held) or 0) >= MOST:
            raise InvalidError(_("You are called on ten devices: take one out first"), code="too_many")
        row = PushSubscriptionRow(
            token_id=None,
            label=label[:100],
            account_id=account.id,
            endpoint=wanted.endpoint,
            key=wanted.key,
            auth=wanted.auth,
            token_sealed="",
            standard=True,
            policy=PushPolicy.NONE,
            alerts={},
            made_at=services.clock.now(),
        )
        session.add(row)
    return row


def remove(services: Services, account_id: int, number: int) -> None:
    """Call them there no more. Raises NotFoundError for what isn't theirs."""
    with services.db.write() as session:
        row = session.get(PushSubscriptionRow, number)
        if row is None or row.account_id != account_id or row.token_id is not None:
            raise NotFoundError
        letting_go.of(session, select(PushSubscriptionRow.id).where(PushSubscriptionRow.id == row.id))
