"""Filters as Mastodon had them before 4.0 (v1): each keyword is a filter of its own. Older clients still use them."""

from __future__ import annotations

from typing import Any

from flask import Response

from app import current
from app.errors import InvalidError, NotFoundError
from app.filters import keep, reading
from app.filters.tables import FilterAction
from app.filters.values import Filter, Keyword, KeywordWish, Wish
from app.mastodon import answers, blueprint, params
from app.mastodon.filters import context, lasts
from app.mastodon.params import Params
from app.mastodon.serialise import filters as entities
from app.oauth import bearer
from app.posts import resolve

api = blueprint.make("filters_v1")
SHARED = (
    "These parameters cannot be changed from this application because they apply to more than one filter keyword. Use a"
    " more recent application or the web interface."
)


@api.get("/api/v1/filters")
@bearer.require("read:filters")
def several() -> Response:
    """Every keyword of every filter."""
    with current.services().db.read() as session:
        filters = reading.of_account(session, bearer.account_id())
    return answers.json([entities.single(one, word) for one in filters for word in one.keywords])


@api.post("/api/v1/filters")
@bearer.require("write:filters")
def make() -> Response:
    """A filter with one keyword, which is its title, too."""
    sent = params.sent()
    phrase = sent.text_or_none("phrase")
    if phrase is None:
        raise InvalidError("Validation failed: Keyword can't be blank")
    word = KeywordWish(keyword=phrase, whole_word=sent.flag("whole_word"))
    made = keep.make(current.services(), bearer.account_id(), _wish(sent, title=phrase[:256], keywords=(word,)))
    return answers.json(entities.single(made, made.keywords[0]))


@api.get("/api/v1/filters/<public_id>")
@bearer.require("read:filters")
def one(public_id: str) -> Response:
    """One keyword's filter."""
    return answers.json(entities.single(*_find(public_id)))


@api.put("/api/v1/filters/<public_id>")
@bearer.require("write:filters")
def change(public_id: str) -> Response:
    """Change it. What holds for the whole filter can't be changed where others share it."""
    sent, (whole, word) = params.sent(), _find(public_id)
    shared = len(whole.keywords) > 1
    if shared and any(name in sent for name in ("context", "expires_in", "irreversible")):
        raise InvalidError(SHARED)
    mended = KeywordWish(word.id, sent.text_or_none("phrase"), sent.flag_or_none("whole_word"))
    wish = _wish(sent, title=None, keywords=(mended,))
    changed = keep.change(current.services(), bearer.account_id(), whole.id, wish)
    return answers.json(entities.single(changed, next(one for one in changed.keywords if one.id == word.id)))


@api.delete("/api/v1/filters/<public_id>")
@bearer.require("write:filters")
def remove(public_id: str) -> Response:
    """Take it away, and the filter with it when it was the last."""
    whole, word = _find(public_id)
    if len(whole.keywords) == 1 and not whole.posts:
        keep.drop(current.services(), bearer.account_id(), whole.id)
    else:
        keep.drop_keyword(current.services(), bearer.account_id(), word.id)
    return answers.json({})


def _find(public_id: str) -> tuple[Filter, Keyword]:
    number = resolve.parse_id(public_id)
    with current.services().db.read() as session:
        row = keep.own_keyword(session, bearer.account_id(), number)
        whole = reading.one(session, bearer.account_id(), row.filter_id)
    word = next((word for word in whole.keywords if word.id == number), None)
    if word is None:
        raise NotFoundError
    return whole, word


def _wish(sent: Params, **given: Any) -> Wish:
    irreversible = sent.flag_or_none("irreversible")
    action = None if irreversible is None else FilterAction.HIDE if irreversible else FilterAction.WARN
    return Wish(context=context(sent), action=action, lasts=lasts(sent), **given)
