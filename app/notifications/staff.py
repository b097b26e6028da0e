"""What who moderates wants to hear of besides their queue: reports and sign-ups, each unless they say otherwise."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.notifications.tables import NotificationKind, NotificationPolicyRow
from app.services import Services

NAMES: Mapping[NotificationKind, str] = {NotificationKind.REPORT: "reports", NotificationKind.SIGN_UP: "sign_ups"}
"""By kind, the name under which a choice stands beside those of the policy."""
_OFF = "drop"


def hears(session: Session, account_id: int) -> dict[str, bool]:
    """By name, whether somebody hears of it."""
    row = session.get(NotificationPolicyRow, account_id)
    choices = row.choices if row is not None else {}
    return {name: choices.get(name) != _OFF for name in NAMES.values()}


def choose(services: Services, account_id: int, wanted: Mapping[str, bool]) -> None:
    """Say of what to hear."""
    news = {name: "accept" if wanted.get(name, True) else _OFF for name in NAMES.values()}
    with services.db.write() as session:
        row = session.get(NotificationPolicyRow, account_id) or NotificationPolicyRow(account_id=account_id, choices={})
        row.choices = {**row.choices, **news}
        session.add(row)


def silent(session: Session, account_ids: Collection[int]) -> set[tuple[int, NotificationKind]]:
    """Who wants to hear nothing of what."""
    rows = session.scalars(select(NotificationPolicyRow).where(NotificationPolicyRow.account_id.in_(account_ids)))
    return {(row.account_id, kind) for row in rows for kind, name in NAMES.items() if row.choices.get(name) == _OFF}
