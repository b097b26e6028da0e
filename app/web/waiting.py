"""The two small numbers in the bar on top: unread notifications, and cases that wait for people."""

from __future__ import annotations

from flask import g
from sqlalchemy import func, select

from app.current import services
from app.notifications.tables import NotificationMarkRow, NotificationRow
from app.web import sessions
from moderation.cases.tables import CaseRow
from moderation.values import CaseState

_MOST = 99


def unread_notifications() -> int:
    """How many came since the member last looked, at most 99."""
    me = sessions.member()
    if me is None:
        return 0
    if "unread" not in g:
        g.unread = _unread(me.id)
    return int(g.unread)


def _unread(account_id: int) -> int:
    read_to = (
        select(NotificationMarkRow.last_read_id)
        .where(NotificationMarkRow.account_id == account_id, NotificationMarkRow.timeline == "notifications")
        .scalar_subquery()
    )
    newer = (
        select(NotificationRow.id)
        .where(NotificationRow.account_id == account_id, NotificationRow.id > func.coalesce(read_to, 0))
        .limit(_MOST)
        .subquery()
    )
    with services().db.read() as session:
        return session.scalar(select(func.count()).select_from(newer)) or 0


def reviews() -> int:
    """How many cases are open, for the moderation team."""
    me = sessions.member()
    if me is None or not me.staff:
        return 0
    with services().db.read() as session:
        open_cases = select(func.count()).select_from(CaseRow).where(CaseRow.state == CaseState.OPEN)
        return session.scalar(open_cases) or 0
