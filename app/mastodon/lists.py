"""Lists, who is on them, and their timelines."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.errors import InvalidError
from app.lists import keep
from app.lists.keep import Wish
from app.lists.tables import ListRow, RepliesPolicy
from app.mastodon import answers, blueprint, params, present
from app.mastodon.accounts import find
from app.mastodon.params import Params
from app.oauth import bearer
from app.posts import resolve
from app.timelines import lists as list_timeline

api = blueprint.make("lists")


@api.get("/api/v1/lists")
@bearer.require("read:lists")
def several() -> Response:
    """The member's lists."""
    with current.services().db.read() as session:
        return answers.json([_entity(row) for row in keep.of_account(session, bearer.account_id())])


@api.post("/api/v1/lists")
@bearer.require("write:lists")
def make() -> Response:
    """A new list."""
    return answers.json(_entity(keep.make(current.services(), bearer.account_id(), _wish(params.sent()))))


@api.get("/api/v1/lists/<public_id>")
@bearer.require("read:lists")
def one(public_id: str) -> Response:
    """One list."""
    return answers.json(_entity(_own(public_id)))


@api.put("/api/v1/lists/<public_id>")
@bearer.require("write:lists")
def change(public_id: str) -> Response:
    """Change its title, which replies it shows, and whether it keeps its members out of the home timeline."""
    wish, number = _wish(params.sent()), resolve.parse_id(public_id)
    return answers.json(_entity(keep.change(current.services(), bearer.account_id(), number, wish)))


@api.delete("/api/v1/lists/<public_id>")
@bearer.require("write:lists")
def remove(public_id: str) -> Response:
    """Delete it."""
    keep.drop(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.get("/api/v1/lists/<public_id>/accounts")
@bearer.require("read:lists")
def members(public_id: str) -> Response:
    """Who is on it; `limit=0` asks for everybody."""
    asked, row = params.asked(), _own(public_id)
    everybody = asked.text("limit").strip() == "0"
    paging = params.paging(asked, otherwise=40, most=80)
    with current.services().db.read() as session:
        found = keep.members(session, row.id, None if everybody else paging)
    entities = present.accounts([actor for _id, actor in found])
    if everybody:
        return answers.json(entities)
    return answers.page(entities, [number for number, _actor in found], paging)


@api.post("/api/v1/lists/<public_id>/accounts")
@bearer.require("write:lists")
def add(public_id: str) -> Response:
    """Put people on it whom the member follows."""
    ids, number = params.sent().ids("account_ids"), resolve.parse_id(public_id)
    keep.add(current.services(), bearer.account_id(), number, ids)
    return answers.json({})


@api.delete("/api/v1/lists/<public_id>/accounts")
@bearer.require("write:lists")
def take_off(public_id: str) -> Response:
    """Take people off it."""
    ids, number = params.sent().ids("account_ids"), resolve.parse_id(public_id)
    keep.take_off(current.services(), bearer.account_id(), number, ids)
    return answers.json({})


@api.get("/api/v1/accounts/<public_id>/lists")
@bearer.require("read:lists")
def containing(public_id: str) -> Response:
    """Which of the member's lists somebody is on."""
    with current.services().db.read() as session:
        actor = find(session, public_id)
        return answers.json([_entity(row) for row in keep.of_account(session, bearer.account_id(), actor.id)])


@api.get("/api/v1/timelines/list/<public_id>")
@bearer.require("read:lists")
def timeline(public_id: str) -> Response:
    """What those on it post."""
    paging = params.paging(params.asked())
    views = list_timeline.page(current.services(), _own(public_id), paging)
    return answers.page(present.statuses(views), [view.post.id for view in views], paging)


def _own(public_id: str) -> ListRow:
    with current.services().db.read() as session:
        return keep.find(session, bearer.account_id(), resolve.parse_id(public_id))


def _wish(sent: Params) -> Wish:
    word = sent.text_or_none("replies_policy")
    if word is not None and word not in [policy.value for policy in RepliesPolicy]:
        raise InvalidError("Validation failed: Replies policy is not included in the list")
    return Wish(
        title=sent.text_or_none("title"),
        replies=None if word is None else RepliesPolicy(word),
        exclusive=sent.flag_or_none("exclusive"),
    )


def _entity(row: ListRow) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "title": row.title,
        "replies_policy": row.replies.value,
        "exclusive": row.exclusive,
    }
