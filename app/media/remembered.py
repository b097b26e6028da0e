"""What is remembered of media that were seen here, for whoever judges what shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.media import sights
from app.media.cache import Picture
from app.media.shapes import Shape
from app.media.tables import CachedMediaRow
from app.settings import Settings
from app.uploads import places
from app.uploads.tables import UploadRow
from moderation.rows import slices
from moderation.values import Media


class Attached(Protocol):
    """A file in a post: an upload of a member's, or one elsewhere."""

    @property
    def url(self) -> str:
        """Where it is."""

    @property
    def upload_id(self) -> int | None:
        """Whether it is an upload here, and which."""


def of_posts(session: Session, attachments: Sequence[Attached]) -> dict[str, Media]:
    """By address, those that were seen."""
    own = {each.upload_id: each.url for each in attachments if each.upload_id is not None}
    found: dict[str, Media] = {}
    for part in slices(own):
        for row in session.scalars(select(UploadRow).where(UploadRow.id.in_(part))):
            found[own[row.id]] = sights.known(Media(own[row.id]), row.sha256, row.seen)
    return found | _elsewhere(session, [each.url for each in attachments if each.upload_id is None], (Shape.PICTURE,))


def of_profile(session: Session, settings: Settings, urls: Iterable[str]) -> tuple[Media, ...]:
    """A profile's pictures, with what is remembered of them."""
    wanted = list(urls)
    keys = {key: url for url in wanted if (key := places.key_of(settings, url)) is not None}
    found: dict[str, Media] = {}
    for row in session.scalars(select(UploadRow).where(UploadRow.key.in_(keys))) if keys else ():
        found[keys[row.key]] = sights.known(Media(keys[row.key]), row.sha256, row.seen)
    found |= _elsewhere(session, [url for url in wanted if url not in found], (Shape.AVATAR, Shape.HEADER))
    return tuple(found.get(url, Media(url)) for url in wanted)


def _elsewhere(session: Session, urls: Sequence[str], shapes: Sequence[Shape]) -> dict[str, Media]:
    keys = {Picture(shape, url).key: url for url in urls for shape in shapes}
    found: dict[str, Media] = {}
    for part in slices(keys):
        query = select(CachedMediaRow).where(CachedMediaRow.key.in_(part), CachedMediaRow.sha256.is_not(None))
        for row in session.scalars(query):
            found[keys[row.key]] = sights.known(Media(keys[row.key]), row.sha256, row.seen)
    return found
