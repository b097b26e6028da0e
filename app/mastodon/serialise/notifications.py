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
from app.notifications import grouping
from app.notifications.grouping import Group
from app.notifications.reading import NotificationView
from app.notifications.requests import Request
from app.notifications.tables import NotificationKind as Kind
from app.notifications.tables import SeveranceRow
from moderation.appeals.tables import AppealOutcome, AppealRow

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
    """A Notification, but for what `more` of it there is. `status` is null where it's about a post that isn't there any
    more."""
    row = view.row
    entity: dict[str, Any] = {
        "id": str(row.id),
        "type": told_as(row.kind),
        "created_at": instant(row.created_at),
        "group_key": grouping.shown_key(row),
        "account": account,
    }
    if status is not None:
        entity["status"] = status
    return entity


def group(one: Group, *, paged: bool) -> dict[str, Any]:
    """A NotificationGroup; accounts and statuses are named by their ids."""
    row, post = one.newest.row, one.newest.post
    entity: dict[str, Any] = {
        "group_key": one.key,
        "notifications_count": one.count,
        "type": told_as(row.kind),
        "most_recent_notification_id": row.id,
        "sample_account_ids": [str(actor.id) for actor in one.samples],
    }
    if paged:
        entity |= {
            "page_min_id": str(one.lowest_id),
            "page_max_id": str(one.highest_id),
            "latest_page_notification_at": instant(row.created_at),
        }
    if post is not None:
        entity["status_id"] = str(post.post.id)
    return entity


def request(one: Request, account: orjson.Fragment, status: orjson.Fragment | None) -> dict[str, Any]:
    """A NotificationRequest."""
    entity: dict[str, Any] = {
        "id": str(one.row.id),
        "created_at": instant(one.row.created_at),
        "updated_at": instant(one.row.updated_at),
        "notifications_count": str(one.count),
        "account": account,
    }
    if status is not None:
        entity["last_status"] = status
    return entity


def warning(
    view: NotificationView, target: orjson.Fragment, appeal: AppealRow | None, status_ids: list[str]
) -> dict[str, Any]:
    """An AccountWarning."""
    payload = view.row.payload
    return {
        "id": str(payload.get("decision_id") or view.row.id),
        "action": "none" if payload.get("edit") else _ACTIONS.get(str(payload.get("action", "")), "none"),
        "text": "\n\n".join(filter(None, (str(payload.get(name) or "") for name in ("reason", "author_note", "text")))),
        "status_ids": status_ids,
        "target_account": target,
        "appeal": None if appeal is None else {"text": appeal.text, "state": _state(appeal.outcome)},
        "created_at": instant(view.row.created_at),
    }


def severance(row: SeveranceRow) -> dict[str, Any]:
    """A RelationshipSeveranceEvent. Whom a member followed stands on their page about moving."""
    return {
        "id": str(row.id),
        "type": row.kind.value,
        "purged": False,
        "target_name": row.target_name,
        "followers_count": row.followers,
        "following_count": row.following,
        "created_at": instant(row.created_at),
    }


def _state(outcome: AppealOutcome | None) -> str:
    if outcome is None:
        return "pending"
    return "rejected" if outcome is AppealOutcome.UPHOLD else "approved"
