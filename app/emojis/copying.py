"""Another server's emoji becomes one of the house: found where somebody here can see it, looked at, then copied.

No list of others' emojis is kept: they come with posts and profiles, and go with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.accounts import lookup
from app.accounts.tables import ActorRow
from app.emojis import keeping
from app.emojis.tables import CustomEmojiRow
from app.errors import InvalidError, NotFoundError, UnavailableError
from app.media import allowed
from app.media.cache import Picture
from app.media.errors import NoPictureError
from app.media.obtaining import Pictures
from app.media.shapes import ORIGINAL, Shape
from app.posts import reading, resolve, visibility
from app.posts.tables import PostRow
from app.services import Services
from moderation.domains.rules import DomainRules

LONGEST_ADDRESS: Final = 2048


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An emoji of another server, as a post or a profile brought it along."""

    shortcode: str
    url: str
    domain: str


def at(services: Services, viewer_id: int, address: str) -> list[Elsewhere]:
    """The emojis of a post or a profile that is known here and that this viewer may see: by its address, here or at
    home, or a handle. Raises NotFoundError where there is none.
    """
    text = address.strip()
    with services.db.read() as session:
        found = _post(session, services, viewer_id, text) if "://" in text else None
        actor = found.actor if found is not None else _actor(session, services, text)
        if actor is None:
            raise NotFoundError(_("Nothing that you can see here has this address"))
        rules = DomainRules.load(session)
    known = dict(_of(found.emojis)) if found is not None and not found.local else {}
    known = (dict(_of(actor.emojis)) if not actor.local else {}) | known
    return [
        Elsewhere(shortcode, url, actor.domain)
        for shortcode, url in known.items()
        if not allowed.refused(rules, url, actor.domain)
    ]


def copy(
    services: Services, viewer_id: int, address: str, code: str, shortcode: str, category: str, by: str
) -> CustomEmojiRow:
    """Make the one that is called `code` there ours, as `shortcode`. Raises NotFoundError, InvalidError, and
    UnavailableError where its server doesn't give it out now.
    """
    wanted = next((each for each in at(services, viewer_id, address) if each.shortcode == code), None)
    if wanted is None:
        raise NotFoundError(_("This emoji isn’t there any more"))
    try:
        body = Pictures(services).file(Picture(Shape.EMOJI, wanted.url), ORIGINAL).body
    except NoPictureError as error:
        if error.retry_after is None:
            raise InvalidError(_("This file is no picture that can be shown here"), code="no_picture") from error
        raise UnavailableError(_("Its server doesn’t give the picture out now")) from error
    return keeping.add(services, shortcode or code, body, category, by, copied_from=wanted.url)


def _post(session: Session, services: Services, viewer_id: int, url: str) -> PostRow | None:
    pk = _own_page(session, services, url)
    if pk is None:
        pk = session.scalar(select(PostRow.pk).where(or_(PostRow.uri == url, PostRow.url == url)).limit(1))
    view = reading.load_one(session, pk, viewer_id) if pk is not None else None
    return view.shown.post if view is not None else None


def _own_page(session: Session, services: Services, url: str) -> int | None:
    """Our own page of somebody's post: `/@nina@far.example/123`."""
    if not url.startswith(f"{services.settings.base_url}/@"):
        return None
    try:
        return resolve.pk_of(session, resolve.parse_id(urlsplit(url).path.rpartition("/")[2]))
    except NotFoundError:
        return None


def _actor(session: Session, services: Services, text: str) -> ActorRow | None:
    page = f"{services.settings.base_url}/@"
    handle = text.removeprefix(page) if text.startswith(page) else text
    if "://" not in handle:
        row = lookup.find_by_handle(session, services.settings, handle)
        return row if row is not None and not (row.suspended_at or row.deleted_at or row.domain_hidden) else None
    query = select(ActorRow).where(or_(ActorRow.uri == handle, ActorRow.url == handle), visibility.standing(ActorRow))
    return session.scalar(query.limit(1))


def _of(emojis: list[dict[str, str]] | None) -> list[tuple[str, str]]:
    known: list[Mapping[str, str]] = list(emojis or ())
    return [(each["shortcode"], each["url"]) for each in known if each.get("shortcode") and each.get("url")]
