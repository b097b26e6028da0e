"""Timelines: home, public, hashtags. A home page that nothing could have changed is sent again as it was."""

from __future__ import annotations

import orjson
from flask import Response

from app import current
from app.errors import NotFoundError, UnauthorizedError
from app.mastodon import answers, blueprint, kept, params, present
from app.mastodon.params import Params
from app.oauth import bearer
from app.paging import Paging
from app.posts.reading import PostView
from app.timelines import home as home_timeline
from app.timelines import public as public_timeline
from app.timelines.public import FurtherTags
from app.trends import showing
from app.trends.tables import TrendKind
from app.web import house

api = blueprint.make("timelines")
LONGEST_TAG = 255
MOST_TAGS = 4


@api.get("/api/v1/timelines/home")
@bearer.require("read:statuses")
def home() -> Response:
    """What the people whom the member follows posted."""
    account_id = bearer.account_id()
    return answers.raw(*kept.page(account_id, lambda: _home(account_id)))


@api.get("/api/v1/timelines/public")
@bearer.optional("read:statuses")
def public() -> Response:
    """What everybody may read: of this server, of others, or of both."""
    require_open_to_strangers()
    return answers.raw(*kept.page(bearer.viewer_id(), _public))


def _public() -> kept.Page:
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
    return _page(views, paging)


@api.get("/api/v1/timelines/tag/<tag>")
@bearer.optional("read:statuses")
def tag(tag: str) -> Response:
    """What carries a hashtag."""
    require_open_to_strangers()
    return answers.raw(*kept.page(bearer.viewer_id(), lambda: _tag(tag)))


def _tag(tag: str) -> kept.Page:
    asked = params.asked()
    paging = params.paging(asked)
    name = params.clean("tag", tag.removeprefix("#"), LONGEST_TAG)
    views = public_timeline.tag_page(
        current.services(),
        bearer.viewer_id(),
        name,
        paging,
        local=asked.flag("local"),
        remote=asked.flag("remote"),
        only_media=asked.flag("only_media"),
        further=FurtherTags(*(_tags(asked, each) for each in ("any", "all", "none"))),
    )
    return _page(views, paging)


def _tags(asked: Params, name: str) -> tuple[str, ...]:
    """Mastodon takes four."""
    return tuple(each.removeprefix("#") for each in asked.texts(name) if each)[:MOST_TAGS]


@api.get("/api/v1/timelines/link")
@bearer.optional("read:statuses")
def link() -> Response:
    """What has a link that is shown among the trends."""
    require_open_to_strangers()
    asked, services = params.asked(), current.services()
    paging, url = params.paging(asked), asked.text("url", most=1000)
    with services.db.read() as session:
        trending = showing.is_shown(session, TrendKind.LINK, url)
    if not trending:
        raise NotFoundError
    views = public_timeline.link_page(services, bearer.viewer_id(), url, paging)
    return answers.raw(*_page(views, paging))


def require_open_to_strangers() -> None:
    """Raise UnauthorizedError for a stranger where the house shows its timelines to members alone."""
    if bearer.viewer_id() is None and not house.is_open(current.services()):
        raise UnauthorizedError("This method requires an authenticated user")


def _home(account_id: int) -> kept.Page:
    paging = params.paging(params.asked())
    views = home_timeline.page(current.services(), account_id, paging)
    return _page(views, paging)


def _page(views: list[PostView], paging: Paging) -> kept.Page:
    return orjson.dumps(present.statuses(views)), answers.link([view.post.id for view in views], paging)
