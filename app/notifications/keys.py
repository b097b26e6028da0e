"""Which notifications are told together: those of one kind about one post within half a day. Pure."""

from __future__ import annotations

from datetime import datetime

from app.notifications.tables import NotificationKind

GROUPED = frozenset({NotificationKind.LIKE, NotificationKind.BOOST, NotificationKind.FOLLOW, NotificationKind.SIGN_UP})
HOURS = 12


def key_of(kind: NotificationKind, post_id: int | None, at: datetime) -> str | None:
    """Which group a notification of now belongs to; None for one that stands alone."""
    if kind not in GROUPED:
        return None
    return f"{kind.value}-{post_id or 'all'}-{int(at.timestamp()) // (3600 * HOURS)}"
