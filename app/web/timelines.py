"""The timelines as pages: home, here, everywhere, a tag; and how many newer posts there are."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, jsonify, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.current import services
from app.errors import NotFoundError
from app.paging import Paging
from app.posts.reading import PostView
from app.timelines import home, public
from app.web import composing, house, paged, sessions

blueprint = sessions.guard(Blueprint("timelines", __name__))
Fetch = Callable[[Paging], list[PostView]]
_MOST_NEWS = 20
_MOST_TAG_CHARACTERS = 255


def public_id(view: PostView) -> int:
    """What timelines are paged by."""
    return view.post.id


def posts(fetch: Fetch) -> paged.Page[PostView]:
    """The page that was asked for."""
    paging = paged.asked()
    return paged.page(fetch(paging), paging, public_id)


@blueprint.get("/home")
@sessions.signed_in
def at_home() -> str:
    """Those whom the member follows, and their own."""
    me = sessions.required()
    page = posts(lambda paging: home.page(services(), me.id, paging))
    nothing = _("Nothing yet. Follow people whom you find under Local and Everywhere, or search for a name.")
    return _show(_("Home"), page, nothing, news="home", form=composing.blank(me))


@blueprint.get("/local")
def local() -> str | Response:
    """What is written here."""
    return _public(
        _("Local"), "local", lambda paging: public.page(services(), sessions.viewer_id(), paging, local=True)
    )


@blueprint.get("/public")
def everywhere() -> str | Response:
    """What is known here from everywhere."""
    return _public(_("Everywhere"), "public", lambda paging: public.page(services(), sessions.viewer_id(), paging))


@blueprint.get("/tags/<name>")
def tag(name: str) -> str | Response:
    """Posts with a hashtag."""
    if len(name) > _MOST_TAG_CHARACTERS:
        raise NotFoundError
    return _public("#" + name, None, lambda paging: public.tag_page(services(), sessions.viewer_id(), name, paging))


@blueprint.get("/news/<timeline>")
def news(timeline: str) -> Response:
    """How many posts are newer than `since_id`, for the line that says so."""
    paging = Paging(limit=_MOST_NEWS, since_id=_since())
    count = len(_newer(timeline, paging))
    words = ngettext("%(num)d new post: show", "%(num)d new posts: show", count)
    return jsonify({"count": count, "words": words})


def _since() -> int:
    paging = paged.asked()
    return paging.min_id or 0


def _newer(timeline: str, paging: Paging) -> list[PostView]:
    me = sessions.member()
    if timeline == "home" and me is not None:
        return home.page(services(), me.id, paging)
    if timeline in ("local", "public") and (me is not None or house.is_open(services())):
        return public.page(services(), sessions.viewer_id(), paging, local=timeline == "local")
    raise NotFoundError


def _public(heading: str, news: str | None, fetch: Fetch) -> str | Response:
    if sessions.member() is None and not house.is_open(services()):
        return sessions.to_sign_in()
    return _show(heading, posts(fetch), _("Nothing here yet."), news=news)


def _show(
    heading: str,
    page: paged.Page[PostView],
    nothing: str,
    *,
    news: str | None = None,
    form: composing.Form | None = None,
) -> str:
    newest = page.views[0].post.id if page.views else 0
    address = f"/news/{news}?min_id={newest}" if news and page.newer is None else None
    return render_template("timeline.html", heading=heading, page=page, nothing=nothing, news=address, form=form)
