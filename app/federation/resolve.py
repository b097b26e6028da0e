"""What a member pasted into the search: the actor or post behind a URL, fetched if nobody here knows it."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import ActorRow
from app.errors import NotFoundError
from app.federation import actors, posts
from app.federation.wire import uris
from app.federation.wire.errors import WireError
from app.federation.wire.values import Actor
from app.posts import readers
from app.posts import resolve as own_posts
from app.posts.tables import PostRow, PostState
from app.services import Services

_OWN_PAGE = re.compile(r"/@[^/]+/([0-9]{1,19})/?$")


def by_url(services: Services, url: str) -> ActorRow | PostRow:
    """The actor or post at a URL, ours or anybody's. A post is stored, which doesn't mean that it's shown: read it
    through `app.posts.visibility`. Raises NotFoundError, ForbiddenError, UnavailableError.
    """
    host = uris.origin(url)
    if host is None:
        raise NotFoundError()
    with services.db.read() as session:
        found = _stored(session, services.settings.domain, url)
    if found is not None:
        if isinstance(found, PostRow) and found.state is PostState.HELD:
            readers.appeared(services, [found.uri])
        return found
    if host == services.settings.domain:
        raise NotFoundError()
    try:
        return _fetched(services, url)
    except WireError as error:
        raise actors.as_app_error(error) from error


def _stored(session: Session, home: str, url: str) -> ActorRow | PostRow | None:
    actor = session.scalar(
        select(ActorRow).where(ActorRow.uri == url, ActorRow.deleted_at.is_(None))
    ) or session.scalar(select(ActorRow).where(ActorRow.url == url, ActorRow.local, ActorRow.deleted_at.is_(None)))
    if actor is not None:
        return actor
    post = session.scalar(select(PostRow).where(PostRow.uri == url))
    page = _OWN_PAGE.search(url)
    if post is None and page is not None and uris.origin(url) == home:
        post = session.get(PostRow, own_posts.pk_of(session, own_posts.parse_id(page[1])))
    return post if post is not None and post.state is not PostState.DELETED else None


def _fetched(services: Services, url: str) -> ActorRow | PostRow:
    found = posts.fetch_object(services, url)
    if isinstance(found, Actor):
        actors.require_open(services, found.host)
        return actors.store(services, found)
    stored = posts.known(services, found.uri) or posts.admit(services, found)
    with services.db.read() as session:
        return session.get_one(PostRow, stored.pk)
