"""From the exact addresses that a notice names to what stands there: posts of one author, or their profile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.errors import InvalidError, NotFoundError
from app.posts import resolve
from app.posts.reading import load_one
from app.posts.tables import PostRow
from app.services import Services

MOST: Final = 20
LONGEST: Final = 2048
_PAGE: Final = re.compile(r"/(?:posts|@[^/]{1,320})/(\d{1,19})")
_PROFILE: Final = re.compile(r"/@([^/]{1,320})")


@dataclass(frozen=True, slots=True)
class About:
    """Whom a notice is about, and which of their posts; without any, it is about the profile."""

    target_id: int
    post_pks: tuple[int, ...]


def split(text: str) -> tuple[str, ...]:
    """The addresses in a field of the form, one a line, each once. Raises InvalidError for none, or too many."""
    found = tuple(dict.fromkeys(text.split()))
    if not found:
        raise InvalidError(_("Give the exact address of what you mean"), code="url_missing")
    if len(found) > MOST or any(len(each) > LONGEST for each in found):
        raise InvalidError(_("These are too many addresses for one notice"), code="too_many_urls")
    return found


def about(session: Session, services: Services, urls: Sequence[str]) -> About:
    """What everybody can see at these addresses. Raises InvalidError for one that leads nowhere here, or to others."""
    targets: set[int] = set()
    posts: list[int] = []
    for url in urls:
        post = _post(session, services, url)
        if post is not None:
            targets.add(post.actor_id)
            posts.append(post.pk)
        else:
            targets.add(_profile(session, services, url).id)
    if len(targets) > 1:
        raise InvalidError(_("These addresses lead to different people: give one notice for each"), code="many_people")
    return About(targets.pop(), tuple(dict.fromkeys(posts)))


def _post(session: Session, services: Services, url: str) -> PostRow | None:
    pk = session.scalar(select(PostRow.pk).where(or_(PostRow.uri == url, PostRow.url == url)).limit(1))
    path = _path(services, url)
    page = _PAGE.fullmatch(path) if pk is None and path is not None else None
    if page is not None:
        try:
            pk = resolve.pk_of(session, resolve.parse_id(page[1]))
        except NotFoundError as error:
            raise _nowhere(url) from error
    if pk is None:
        return None
    view = load_one(session, pk, None)
    if view is None:
        raise _nowhere(url)
    return view.shown.post


def _profile(session: Session, services: Services, url: str) -> ActorRow:
    path = _path(services, url)
    page = _PROFILE.fullmatch(path) if path is not None else None
    try:
        return lookup.by_handle(session, services.settings, page[1]) if page else lookup.by_uri(session, url)
    except (NotFoundError, InvalidError) as error:
        raise _nowhere(url) from error


def _path(services: Services, url: str) -> str | None:
    """The path of an address on this server."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    ours = parts.scheme in ("http", "https") and parts.netloc == services.settings.domain
    return parts.path.rstrip("/") if ours else None


def _nowhere(url: str) -> InvalidError:
    text = _("Nothing that everybody can see stands at %(address)s on this server", address=url[:200])
    return InvalidError(text, code="url_unknown")
