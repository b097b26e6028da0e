"""Timelines: home, public, hashtags. A home page that nothing could have changed is sent again as it was."""

from __future__ import annotations

import orjson
from flask import Response

from app import current
from app.errors import UnauthorizedError
from app.mastodon import answers, blueprint, kept, params, present
from app.oauth import bearer
from app.paging import Paging
from app.posts.reading import PostView
from app.timelines import home as home_timeline
from app.timelines import public as public_timeline
from app.web import house

api = blueprint.make("timelines")
LONGEST_TAG = 255


@api.get("/api/v1/timelines/home")
@bearer.require("read:statuses")
def home() -> Response:
    """What the people whom the member follows posted."""
    account_id = bearer.account_id()
    body, link = kept.page(account_id, lambda: _home(account_id))
    return answers.raw(body, link)


@api.get("/api/v1/timelines/public")
@bearer.optional("read:statuses")
def public() -> Response:
    """What everybody may read: of this server, of others, or of both."""
    _require_open_to_strangers()
    asked = params.asked()
    paging = params.paging(asked)
    views = public_timeline.page(
        current.services(),
        bearer.viewer_id(),
        paging,
        local=asked.flag("local"),
        remote=asked.flag("remote"),
        only_media=asked.flag("only_media"),
    )
    return _answer(views, paging)


@api.get("/api/v1/timelines/tag/<tag>")
@bearer.optional("read:statuses")
def tag(tag: str) -> Response:
    """What carries a hashtag."""
    _require_open_to_strangers()
    asked = params.asked()
    paging = params.paging(asked)
    name = params.clean("tag", tag.removeprefix("#"), LONGEST_TAG)
    views = public_timeline.tag_page(current.services(), bearer.viewer_id(), name, paging, local=asked.flag("local"))
    return _answer(views, paging)


def _require_open_to_strangers() -> None:
    if bearer.viewer_id() is None and not house.is_open(current.services()):
        raise UnauthorizedError("This method requires an authenticated user")


def _home(account_id: int) -> tuple[bytes, str | None]:
    paging = params.paging(params.asked())
    views = home_timeline.page(current.services(), account_id, paging)
    return orjson.dumps(present.statuses(views)), answers.link([v.post.id for v in views], paging)


def _answer(views: list[PostView], paging: Paging) -> Response:
    return answers.page(present.statuses(views), [view.post.id for view in views], paging)
