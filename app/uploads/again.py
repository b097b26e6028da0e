"""Uploads that the image classifier should have seen and couldn't: shown to it again before what has them is judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import or_, select

from app.media import process, seeing, sights, where
from app.media.process import NotDrawnError
from app.media.shapes import ORIGINAL, SMALL, Shape
from app.services import Services
from app.uploads import places
from app.uploads.tables import UploadKind, UploadRow

MOST = 20
"""At once: a classifier that is still broken is asked no more often."""


def look(services: Services, upload_ids: Iterable[int], urls: Iterable[str] = ()) -> int:
    """How many were seen now, of these uploads and of those at these addresses."""
    keys = [key for url in urls if (key := places.key_of(services.settings, url)) is not None]
    with services.db.read() as session:
        query = select(UploadRow).where(or_(UploadRow.id.in_(list(upload_ids)), UploadRow.key.in_(keys)))
        rows = [row for row in session.scalars(query) if seeing.failed(sights.from_json(row.seen))]
    return sum(_look(services, row) for row in rows[:MOST])


def _look(services: Services, row: UploadRow) -> bool:
    body = where.here(services.settings).read(row.key, ORIGINAL if row.kind is UploadKind.IMAGE else SMALL)
    kept = sights.from_json(row.seen)
    if body is None or kept is None:
        return False
    try:
        glimpses = process.draw(body, Shape.PICTURE).glimpses
    except NotDrawnError:
        return False
    seen = seeing.look(services.tools.image_model, kept.digests, glimpses)
    if seeing.failed(seen):
        return False
    with services.db.write() as session:
        session.get_one(UploadRow, row.id).seen = sights.to_json(replace(kept, nudity=seen.nudity))
    return True
