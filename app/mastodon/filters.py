"""Filters as Mastodon 4 has them (v2): with keywords and single posts on each."""

from __future__ import annotations

from datetime import timedelta

from flask import Response

from app import current
from app.errors import InvalidError
from app.filters import keep, reading
from app.filters.tables import FilterAction
from app.filters.values import Keyword, KeywordWish, Wish
from app.mastodon import answers, blueprint, params
from app.mastodon.params import Params
from app.mastodon.serialise import filters as entities
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("filters")
MOST_WORDS = 100


@api.get("/api/v2/filters")
@bearer.require("read:filters")
def several() -> Response:
    """The member's filters."""
    with current.services().db.read() as session:
        return answers.json([entities.whole(one) for one in reading.of_account(session, bearer.account_id())])


@api.post("/api/v2/filters")
@bearer.require("write:filters")
def make() -> Response:
    """A new filter."""
    return answers.json(entities.whole(keep.make(current.services(), bearer.account_id(), _wish(params.sent()))))


@api.get("/api/v2/filters/<public_id>")
@bearer.require("read:filters")
def one(public_id: str) -> Response:
    """One filter."""
    with current.services().db.read() as session:
        return answers.json(entities.whole(reading.one(session, bearer.account_id(), resolve.parse_id(public_id))))


@api.put("/api/v2/filters/<public_id>")
@bearer.require("write:filters")
def change(public_id: str) -> Response:
    """Change a filter and its keywords."""
    wish, number = _wish(params.sent()), resolve.parse_id(public_id)
    return answers.json(entities.whole(keep.change(current.services(), bearer.account_id(), number, wish)))


@api.delete("/api/v2/filters/<public_id>")
@bearer.require("write:filters")
def remove(public_id: str) -> Response:
    """Delete a filter."""
    keep.drop(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.get("/api/v2/filters/<public_id>/keywords")
@bearer.require("read:filters")
def keywords(public_id: str) -> Response:
    """The words on a filter."""
    with current.services().db.read() as session:
        found = reading.one(session, bearer.account_id(), resolve.parse_id(public_id))
    return answers.json([entities.keyword(word) for word in found.keywords])


@api.post("/api/v2/filters/<public_id>/keywords")
@bearer.require("write:filters")
def add_keyword(public_id: str) -> Response:
    """Put a word on a filter."""
    wish, number = keyword_wish(params.sent()), resolve.parse_id(public_id)
    return answers.json(entities.keyword(keep.add_keyword(current.services(), bearer.account_id(), number, wish)))


@api.get("/api/v2/filters/keywords/<public_id>")
@bearer.require("read:filters")
def keyword(public_id: str) -> Response:
    """One word."""
    with current.services().db.read() as session:
        word = keep.own_keyword(session, bearer.account_id(), resolve.parse_id(public_id))
        return answers.json(entities.keyword(Keyword(word.id, word.keyword, word.whole_word)))


@api.put("/api/v2/filters/keywords/<public_id>")
@bearer.require("write:filters")
def change_keyword(public_id: str) -> Response:
    """Change a word."""
    wish, number = keyword_wish(params.sent()), resolve.parse_id(public_id)
    return answers.json(entities.keyword(keep.change_keyword(current.services(), bearer.account_id(), number, wish)))


@api.delete("/api/v2/filters/keywords/<public_id>")
@bearer.require("write:filters")
def remove_keyword(public_id: str) -> Response:
    """Take a word off its filter."""
    keep.drop_keyword(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json({})


@api.get("/api/v2/filters/<public_id>/statuses")
@bearer.require("read:filters")
def statuses(public_id: str) -> Response:
    """The single posts on a filter."""
    with current.services().db.read() as session:
        found = reading.one(session, bearer.account_id(), resolve.parse_id(public_id))
    return answers.json([entities.post(post) for post in found.posts])


@api.post("/api/v2/filters/<public_id>/statuses")
@bearer.require("write:filters")
def add_status(public_id: str) -> Response:
    """Put a post on a filter."""
    number = resolve.parse_id(public_id)
    with current.services().db.read() as session:
        reading.one(session, bearer.account_id(), number)
    status_id = params.sent().id("status_id")
    if status_id is None:
        raise InvalidError("Validation failed: Status must exist")
    return answers.json(entities.post(keep.add_post(current.services(), bearer.account_id(), number, status_id)))


@api.get("/api/v2/filters/statuses/<public_id>")
@bearer.require("read:filters")
def status(public_id: str) -> Response:
    """A single post on a filter."""
    with current.services().db.read() as session:
        row = keep.own_post(session, bearer.account_id(), resolve.parse_id(public_id))
        return answers.json({"id": str(row.id), "status_id": str(row.status_id)})


@api.delete("/api/v2/filters/statuses/<public_id>")
@bearer.require("write:filters")
def remove_status(public_id: str) -> Response:
    """Take a post off its filter."""
    dropped = keep.drop_post(current.services(), bearer.account_id(), resolve.parse_id(public_id))
    return answers.json(entities.post(dropped))


def keyword_wish(sent: Params) -> KeywordWish:
    """A word as it is asked for."""
    return KeywordWish(
        id=sent.id("id"),
        keyword=sent.text_or_none("keyword"),
        whole_word=sent.flag_or_none("whole_word"),
        drop=sent.flag("_destroy"),
    )


def context(sent: Params) -> tuple[str, ...] | None:
    """Where a filter counts; None where nothing is said."""
    return tuple(sent.texts("context")) if "context" in sent else None


def lasts(sent: Params) -> timedelta | None:
    """For how long it counts: None where nothing is said, zero for good; less, and it is over."""
    if "expires_in" not in sent:
        return None
    return timedelta(seconds=sent.integer("expires_in", 0, least=-(10**9), most=10**9))


def _wish(sent: Params) -> Wish:
    word = sent.text_or_none("filter_action")
    if word is not None and word not in [action.value for action in FilterAction]:
        raise InvalidError("Validation failed: Action is not included in the list")
    return Wish(
        title=sent.text_or_none("title"),
        context=context(sent),
        action=None if word is None else FilterAction(word),
        lasts=lasts(sent),
        keywords=tuple(keyword_wish(group) for group in sent.groups("keywords_attributes", most=MOST_WORDS)),
    )
