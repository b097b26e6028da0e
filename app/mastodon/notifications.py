"""Notifications: read, dismissed, cleared; and how far the member has read."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from app import current
from app.errors import InvalidError
from app.mastodon import answers, blueprint, kept, params, telling
from app.mastodon.params import Params
from app.mastodon.serialise.notifications import kinds_told_as
from app.mastodon.serialise.times import instant
from app.notifications import markers, reading
from app.notifications.reading import Which
from app.notifications.tables import NotificationMarkRow
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("notifications")
LONGEST_COUNT = 1000


@api.get("/api/v1/notifications")
@bearer.require("read:notifications")
def notifications() -> Response:
    """What the member is told, newest first."""
    return answers.raw(*kept.page(bearer.account_id(), _notifications))


def _notifications() -> kept.Page:
    asked = params.asked()
    paging = params.paging(asked, otherwise=40, most=80)
    which = wanted(asked)
    if which is None:
        return b"[]", None
    with current.services().db.read() as session:
        views = reading.page(session, bearer.account_id(), paging, which)
    return orjson.dumps(telling.notifications(views)), answers.link([view.row.id for view in views], paging)


@api.get("/api/v1/notifications/unread_count")
@bearer.require("read:notifications")
def unread_count() -> Response:
    """How many came since the marker."""
    asked, account_id = params.asked(), bearer.account_id()
    most, which = asked.integer("limit", 100, least=1, most=LONGEST_COUNT), wanted(asked)
    if which is None:
        return answers.json({"count": 0})
    with current.services().db.read() as session:
        count = reading.unread(session, account_id, markers.unread_since(session, account_id), most, which)
    return answers.json({"count": count})


@api.get("/api/v1/notifications/<public_id>")
@bearer.require("read:notifications")
def one(public_id: str) -> Response:
    """One."""
    with current.services().db.read() as session:
        view = reading.one(session, bearer.account_id(), resolve.parse_id(public_id))
    return answers.json(telling.notification(view))


@api.post("/api/v1/notifications/<public_id>/dismiss")
@bearer.require("write:notifications")
def dismiss(public_id: str) -> Response:
    """Forget one."""
    reading.dismiss(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.post("/api/v1/notifications/clear")
@bearer.require("write:notifications")
def clear() -> Response:
    """Forget all."""
    reading.clear(current.services(), bearer.account_id())
    return answers.json({})


@api.get("/api/v1/markers")
@bearer.require("read:statuses")
def read_markers() -> Response:
    """How far the member has read."""
    wanted = [name for name in params.asked().texts("timeline") if name in markers.TIMELINES]
    with current.services().db.read() as session:
        return answers.json(_markers(markers.get(session, bearer.account_id(), wanted)))


@api.post("/api/v1/markers")
@bearer.require("write:statuses")
def set_markers() -> Response:
    """The member has read this far."""
    sent = params.sent()
    marks = {name: sent.group(name).id("last_read_id") for name in markers.TIMELINES if name in sent}
    known = {name: number for name, number in marks.items() if number is not None}
    return answers.json(_markers(markers.set_read(current.services(), bearer.account_id(), known)))


def wanted(asked: Params) -> Which | None:
    """Which notifications a client asks for; None where it names only types that nothing is told as."""
    words, unwanted = asked.texts("types"), asked.texts("exclude_types")
    if len(words) + len(unwanted) > 60:
        raise InvalidError("Validation failed: too many types")
    exclude = kinds_told_as(unwanted)
    kinds = [kind for kind in kinds_told_as(words) if kind not in exclude]
    if words and not kinds:
        return None
    return Which(kinds, exclude, asked.id("account_id"), asked.flag("include_filtered"))


def _markers(rows: dict[str, NotificationMarkRow]) -> dict[str, Any]:
    return {
        timeline: {
            "last_read_id": str(row.last_read_id),
            "version": row.version,
            "updated_at": instant(row.updated_at),
        }
        for timeline, row in rows.items()
    }
