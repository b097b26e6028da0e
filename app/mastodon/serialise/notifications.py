"""Notifications as Mastodon's clients know them.

Kinds of ours are told as kinds that clients show:

- `held` and `released` as `status` from oneself: clients show the post itself, whose last line says that it waits;
- `report_outcome` as `admin.report` from oneself: clients show "you reported …" with the report and what came of it;
- `moderation_warning` is Mastodon's own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson

from app.mastodon.serialise.times import instant
from app.notifications.reading import NotificationView
from app.notifications.tables import NotificationKind as Kind

TOLD_AS = {Kind.HELD: "status", Kind.RELEASED: "status", Kind.REPORT_OUTCOME: "admin.report"}
_ACTIONS = {
    "disable": "disable",
    "freeze": "disable",
    "label": "mark_statuses_as_sensitive",
    "remove": "delete_statuses",
    "spam": "suspend",
    "limit": "silence",
    "silence": "silence",
    "suspend": "suspend",
}


def told_as(kind: Kind) -> str:
    """The word that clients know."""
    return TOLD_AS.get(kind, kind.value)


def kinds_told_as(words: Collection[str]) -> list[Kind]:
    """Our kinds behind clients' words; words that nothing is told as are left out."""
    return [kind for kind in Kind if told_as(kind) in words]


def notification(view: NotificationView, account: orjson.Fragment, status: orjson.Fragment | None) -> dict[str, Any]:
    """A Notification. `status` is null where it's about a post that isn't there any more."""
    row = view.row
    entity: dict[str, Any] = {
        "id": str(row.id),
        "type": told_as(row.kind),
        "created_at": instant(row.created_at),
        "group_key": f"ungrouped-{row.id}",
        "account": account,
    }
    if status is not None:
        entity["status"] = status
    if row.kind is Kind.MODERATION_WARNING:
        entity["moderation_warning"] = _warning(view, account)
    return entity


def _warning(view: NotificationView, account: orjson.Fragment) -> dict[str, Any]:
    payload = view.row.payload
    post = view.post.post if view.post else None
    return {
        "id": str(payload.get("decision_id") or view.row.id),
        "action": _ACTIONS.get(str(payload.get("action", "")), "none"),
        "text": str(payload.get("reason") or payload.get("text") or ""),
        "status_ids": [str(post.id)] if post else [],
        "target_account": account,
        "appeal": None,
        "created_at": instant(view.row.created_at),
    }
