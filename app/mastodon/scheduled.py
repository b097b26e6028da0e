"""Posts that a member has scheduled."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.errors import InvalidError
from app.mastodon import answers, blueprint, params, present
from app.mastodon.serialise import statuses as entities
from app.mastodon.serialise.times import instant
from app.oauth import bearer
from app.posts import resolve
from app.posts.compose import PollRequest
from app.scheduled import keeping, requests
from app.scheduled.tables import ScheduledPostRow

api = blueprint.make("scheduled")


@api.get("/api/v1/scheduled_statuses")
@bearer.require("read:statuses")
def several() -> Response:
    """What the member has scheduled; what could not be published, too."""
    paging = params.paging(params.asked())
    with current.services().db.read() as session:
        rows = keeping.page(session, bearer.account_id(), paging)
    return answers.page([entity(row) for row in rows], [row.id for row in rows], paging)


@api.get("/api/v1/scheduled_statuses/<public_id>")
@bearer.require("read:statuses")
def one(public_id: str) -> Response:
    """One of them."""
    with current.services().db.read() as session:
        row = keeping.own(session, bearer.account_id(), resolve.parse_id(public_id))
    return answers.json(entity(row))


@api.put("/api/v1/scheduled_statuses/<public_id>")
@bearer.require("write:statuses")
def move(public_id: str) -> Response:
    """Publish it at another time."""
    number, at = resolve.parse_id(public_id), params.sent().instant_or_none("scheduled_at")
    if at is None:
        raise InvalidError("Validation failed: Scheduled at can't be blank")
    return answers.json(entity(keeping.move(current.services(), bearer.account_id(), number, at)))


@api.delete("/api/v1/scheduled_statuses/<public_id>")
@bearer.require("write:statuses")
def call_off(public_id: str) -> Response:
    """Don't publish it."""
    keeping.call_off(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


def entity(row: ScheduledPostRow) -> dict[str, Any]:
    """A ScheduledStatus."""
    services, kept = current.services(), requests.read(row.request)
    with services.db.read() as session:
        pictures = keeping.pictures(session, row)
    now = services.clock.now()
    return {
        "id": str(row.id),
        "scheduled_at": instant(row.scheduled_at),
        "params": {
            "text": kept.text,
            "poll": None if kept.poll is None else _poll(kept.poll),
            "media_ids": [str(number) for number in kept.picture_ids] or None,
            "sensitive": kept.sensitive,
            "spoiler_text": kept.warning or None,
            "visibility": present.visibility(kept.visibility),
            "in_reply_to_id": kept.in_reply_to_id,
            "language": kept.language,
            "application_id": None,
            "scheduled_at": None,
            "idempotency": row.idempotency_key,
            "quoted_status_id": None if kept.quoted_id is None else str(kept.quoted_id),
            "quote_approval_policy": kept.quote_policy.value,
            "with_rate_limit": False,
        },
        "media_attachments": [entities.upload(one, services.settings, now) for one in pictures],
    }


def _poll(poll: PollRequest) -> dict[str, Any]:
    return {
        "options": list(poll.options),
        "expires_in": int(poll.expires_in.total_seconds()),
        "multiple": poll.multiple,
        "hide_totals": poll.hide_totals,
    }
