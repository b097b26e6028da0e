"""What a member would rather not be told, and those whose notifications are kept apart therefore."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response

from app import current
from app.mastodon import answers, blueprint, params, telling
from app.notifications import policy, requests
from app.notifications.policy import Choice
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("notification_requests")
ROOT = "/api/v1/notifications/requests"
FIRST = {f"filter_{name.removeprefix('for_')}": name for name in policy.DEFAULTS if name != "for_limited_accounts"}
"""The first version of the policy only knew to keep apart or not."""


@api.get("/api/v2/notifications/policy")
@bearer.require("read:notifications")
def read_policy() -> Response:
    """The policy, and what waits because of it."""
    with current.services().db.read() as session:
        return answers.json(_policy(policy.get(session, bearer.account_id())))


@api.put("/api/v2/notifications/policy")
@api.patch("/api/v2/notifications/policy")
@bearer.require("write:notifications")
def change_policy() -> Response:
    """Change parts of it."""
    sent = params.sent()
    news = {name: sent.text(name, most=16) for name in policy.DEFAULTS if name in sent}
    return answers.json(_policy(policy.change(current.services(), bearer.account_id(), news)))


@api.get("/api/v1/notifications/policy")
@bearer.require("read:notifications")
def read_first_policy() -> Response:
    """The same in the words of the first version."""
    with current.services().db.read() as session:
        return answers.json(_first_policy(policy.get(session, bearer.account_id())))


@api.put("/api/v1/notifications/policy")
@api.patch("/api/v1/notifications/policy")
@bearer.require("write:notifications")
def change_first_policy() -> Response:
    """Change parts of it, in the words of the first version."""
    sent = params.sent()
    flags = {name: flag for first, name in FIRST.items() if (flag := sent.flag_or_none(first)) is not None}
    news = {name: Choice.FILTER if flag else Choice.ACCEPT for name, flag in flags.items()}
    return answers.json(_first_policy(policy.change(current.services(), bearer.account_id(), news)))


@api.get(ROOT)
@bearer.require("read:notifications")
def several() -> Response:
    """Who waits."""
    paging = params.paging(params.asked(), otherwise=40, most=80)
    with current.services().db.read() as session:
        found = requests.page(session, bearer.account_id(), paging)
    return answers.page(telling.requests(found), [each.row.id for each in found], paging)


@api.get(f"{ROOT}/merged")
@bearer.require("read:notifications")
def merged() -> Response:
    """Whether what was let in stands among the rest yet: here that is done at once."""
    return answers.json({"merged": True})


@api.get(f"{ROOT}/<public_id>")
@bearer.require("read:notifications")
def one(public_id: str) -> Response:
    """One of them."""
    with current.services().db.read() as session:
        found = requests.one(session, bearer.account_id(), resolve.parse_id(public_id))
    return answers.json(telling.requests([found])[0])


def _does(deed: Callable[..., None]) -> tuple[Callable[[str], Response], Callable[[], Response]]:
    @bearer.require("write:notifications")
    def single(public_id: str) -> Response:
        deed(current.services(), bearer.account_id(), [resolve.parse_id(public_id)])
        return answers.json({})

    @bearer.require("write:notifications")
    def many() -> Response:
        deed(current.services(), bearer.account_id(), params.sent().ids("id"))
        return answers.json({})

    return single, many


for _name, _deed in (("accept", requests.accept), ("dismiss", requests.dismiss)):
    _single, _many = _does(_deed)
    api.add_url_rule(f"{ROOT}/<public_id>/{_name}", _name, _single, methods=["POST"])
    api.add_url_rule(f"{ROOT}/{_name}", f"{_name}_many", _many, methods=["POST"])


def _policy(choices: dict[str, Choice]) -> dict[str, Any]:
    return {**choices, "summary": _summary()}


def _first_policy(choices: dict[str, Choice]) -> dict[str, Any]:
    return {**{first: choices[name] is not Choice.ACCEPT for first, name in FIRST.items()}, "summary": _summary()}


def _summary() -> dict[str, int]:
    with current.services().db.read() as session:
        people, kept = requests.waiting(session, bearer.account_id())
    return {"pending_requests_count": people, "pending_notifications_count": kept}
