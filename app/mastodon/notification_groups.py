"""Notifications in groups: the second version of that part of the API."""

from __future__ import annotations

from collections.abc import Collection

import orjson
from flask import Response

from app import current
from app.errors import BadRequestError
from app.mastodon import answers, blueprint, params, present, telling
from app.mastodon.notifications import LONGEST_COUNT, wanted
from app.mastodon.params import Params
from app.mastodon.serialise.notifications import kinds_told_as
from app.notifications import grouping, markers
from app.notifications.keys import GROUPED
from app.notifications.tables import NotificationKind
from app.oauth import bearer

api = blueprint.make("notification_groups")
ROOT = "/api/v2/notifications"


@api.get(ROOT)
@bearer.require("read:notifications")
def groups() -> Response:
    """A page of groups, with the accounts and posts that they name."""
    asked, account_id = params.asked(), bearer.account_id()
    paging, which = params.paging(asked, otherwise=40, most=80), wanted(asked)
    partly = _partly(asked)
    with current.services().db.read() as session:
        found = grouping.page(session, account_id, paging, which, _grouped(asked)) if which is not None else []
    told = telling.groups(found, paged=True, partly=partly)
    if not found:
        return answers.json(told)
    lowest, highest = min(group.lowest_id for group in found), max(group.highest_id for group in found)
    return answers.raw(orjson.dumps(told), answers.span(lowest, highest, len(found), paging))


def _partly(asked: Params) -> bool:
    """Whether people who are named beside others come without all that is known of them. Raises BadRequestError."""
    wanted = asked.text("expand_accounts")
    if wanted not in ("", "full", "partial_avatars"):
        raise BadRequestError(
            f"Invalid value for 'expand_accounts': '{wanted}', allowed values are 'full' and 'partial_avatars'"
        )
    return wanted == "partial_avatars"


@api.get(f"{ROOT}/unread_count")
@bearer.require("read:notifications")
def unread_count() -> Response:
    """How many groups have something new since the marker."""
    asked, account_id = params.asked(), bearer.account_id()
    most, which = asked.integer("limit", 100, least=1, most=LONGEST_COUNT), wanted(asked)
    if which is None:
        return answers.json({"count": 0})
    with current.services().db.read() as session:
        since = markers.unread_since(session, account_id)
        count = grouping.unread(session, account_id, since, most, which, _grouped(asked))
    return answers.json({"count": count})


@api.get(f"{ROOT}/<key>")
@bearer.require("read:notifications")
def group(key: str) -> Response:
    """One group, by its key."""
    with current.services().db.read() as session:
        found = grouping.one(session, bearer.account_id(), key)
    return answers.json(telling.groups([found], paged=False))


@api.get(f"{ROOT}/<key>/accounts")
@bearer.require("read:notifications")
def people(key: str) -> Response:
    """Whom a group is from."""
    paging = params.paging(params.asked(), otherwise=40, most=80)
    with current.services().db.read() as session:
        rows = grouping.people(session, bearer.account_id(), key, paging)
    return answers.page(present.accounts([actor for _id, actor in rows]), [number for number, _actor in rows], paging)


@api.post(f"{ROOT}/<key>/dismiss")
@bearer.require("write:notifications")
def dismiss(key: str) -> Response:
    """Forget a whole group."""
    grouping.dismiss(current.services(), bearer.account_id(), key)
    return answers.json({})


def _grouped(asked: Params) -> Collection[NotificationKind]:
    """Which kinds the client can show in groups; all that are, where it doesn't say."""
    if "grouped_types" not in asked:
        return GROUPED
    return GROUPED & set(kinds_told_as(asked.texts("grouped_types", most=60)))
