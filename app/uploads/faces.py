"""A member's picture of themselves and their banner: taken like any upload, judged with the profile that has it."""

from __future__ import annotations

from app.media.shapes import Shape
from app.services import Services
from app.uploads import places, taking
from app.uploads.tables import UploadRow


def take(services: Services, account_id: int, body: bytes, shape: Shape) -> str:
    """Its address, for the profile. Raises InvalidError for what is no picture, ForbiddenError, RateLimitedError."""
    row = taking.take(services, account_id, body, shape=shape)
    with services.db.write() as session:
        session.get_one(UploadRow, row.id).used_at = services.clock.now()
    return places.address(services.settings, row.key)
