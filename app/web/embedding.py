"""oEmbed (https://oembed.com): what a page elsewhere shows of a post here, as plain markup without scripts or frames.

Only what a stranger may see is given out; of a post behind a warning, the warning.
"""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.current import services
from app.errors import NotFoundError
from app.posts import resolve
from app.posts.reading import PostView
from app.posts.tables import PostRow
from app.web import filters

blueprint = Blueprint("embedding", __name__)
KEPT_SECONDS = 3600
WIDTH = 400


@blueprint.get("/api/oembed")
def oembed() -> Response:
    """The post of `url`, the address of its page or its document here. Raises NotFoundError for anything else."""
    if request.args.get("format", "json") != "json":
        raise NotFoundError()
    with services().db.read() as session:
        view = resolve.view(session, _number(session, request.args.get("url", "")), None)
    if not view.post.local or view.boost_of is not None:
        raise NotFoundError()
    return jsonify(_described(view))


def _number(session: Session, url: str) -> int:
    """The id of the post at an address: a document's is kept with its post, a page's ends with it."""
    settings = services().settings
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise NotFoundError() from error
    if f"{parts.scheme}://{parts.netloc}" != settings.base_url:
        raise NotFoundError()
    known: int | None = session.scalar(select(PostRow.id).where(PostRow.uri == url, PostRow.local))
    return known if known is not None else resolve.parse_id(parts.path.rpartition("/")[2])


def _described(view: PostView) -> dict[str, Any]:
    post, settings = view.post, services().settings
    name, link = filters.name(post.actor), settings.url(filters.permalink(post))
    warning = post.warning or (filters.warning_words(post.warned_of) if post.warned_of else "")
    shown = f"<p>{escape(warning)}</p>" if warning else filters.content(post.content)
    signed = f'<p><a href="{escape(link)}">{escape(name)}</a></p>'
    return {
        "version": "1.0",
        "type": "rich",
        "title": f"{name} ({filters.handle(post.actor)})",
        "author_name": name,
        "author_url": settings.url(filters.profile_path(post.actor)),
        "provider_name": settings.domain,
        "provider_url": settings.base_url,
        "cache_age": KEPT_SECONDS,
        "html": f'<blockquote cite="{escape(link)}">{shown}{signed}</blockquote>',
        "width": WIDTH,
        "height": None,
    }
