"""Take a member's picture: drawn anew in a process of its own, so that nothing but pixels is kept of what was sent."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import structlog
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts import writers
from app.errors import InvalidError, UnavailableError
from app.ids import IDS
from app.media import process, seeing, sights, where
from app.media.cache import Drawn
from app.media.process import NotDrawnError
from app.media.shapes import Shape
from app.services import Services
from app.stores.budgets import UPLOADS, Budgets
from app.uploads import places
from app.uploads.tables import UploadRow

log = structlog.get_logger()
LARGEST_BYTES: Final = 16 * 1024 * 1024
LONGEST_DESCRIPTION: Final = 1500
MOST_WAITING: Final = 60
"""Uploads that are in no post: who sends more is filling the disk."""
TYPES: Final = ("image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/heic", "image/heif")


@dataclass(frozen=True, slots=True)
class Focus:
    """What must stay in sight when a picture is cut: from -1 (left, bottom) to 1 (right, top)."""

    x: float
    y: float


def take(
    services: Services,
    account_id: int,
    body: bytes,
    *,
    shape: Shape = Shape.PICTURE,
    description: str = "",
    focus: Focus | None = None,
) -> UploadRow:
    """Keep a picture. Raises InvalidError for what is none, too large or too much; ForbiddenError for who may not write
    now; RateLimitedError.
    """
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(UPLOADS, str(account_id))
    said = checked(description)
    _require_room(services, account_id, body)
    drawn, files = _drawn(body, shape)
    key = secrets.token_hex(places.KEY_BYTES)
    store(services, key, files)
    now = services.clock.now()
    row = UploadRow(
        id=IDS.take(now),
        account_id=account_id,
        key=key,
        shape=shape,
        sha256=drawn.sha256,
        seen=sights.to_json(seeing.look(services.tools.image_model, seeing.digests(body), drawn.glimpses)),
        width=drawn.width,
        height=drawn.height,
        blurhash=drawn.blurhash,
        size_bytes=sum(map(len, files.values())),
        description=said,
        focus_x=focus.x if focus else None,
        focus_y=focus.y if focus else None,
        created_at=now,
    )
    with services.db.write() as session:
        session.add(row)
    return row


def store(services: Services, key: str, files: Mapping[str, bytes]) -> None:
    """Write the files of a key. Raises UnavailableError where they can't be kept now."""
    try:
        where.here(services.settings).write(key, files)
    except OSError as error:
        log.error("upload_not_kept", error=str(error))
        raise UnavailableError(_("Pictures can’t be kept at the moment; try again soon"), code="not_kept") from error


def _drawn(body: bytes, shape: Shape) -> tuple[Drawn, dict[str, bytes]]:
    """The picture, and its files: those who review see a face by steps, as they see any picture."""
    try:
        drawn = process.draw(body, shape)
        steps = {} if shape is Shape.PICTURE else process.draw(body, Shape.PICTURE).files
    except NotDrawnError as error:
        raise InvalidError(_("This file is no picture that can be shown here"), code="no_picture") from error
    return drawn, steps | drawn.files


def checked(description: str) -> str:
    """A description that can be kept. Raises InvalidError."""
    said = description.strip()
    if len(said) > LONGEST_DESCRIPTION:
        raise InvalidError(f"Validation failed: Description is too long (maximum is {LONGEST_DESCRIPTION} characters)")
    if "\0" in said:
        raise InvalidError("Validation failed: Description contains a null character")
    return said


def _require_room(services: Services, account_id: int, body: bytes) -> None:
    if not body:
        raise InvalidError("Validation failed: File can't be blank")
    if len(body) > LARGEST_BYTES:
        most = LARGEST_BYTES // 1024**2
        raise InvalidError(_("A picture has at most %(most)s MB", most=most), code="picture_too_large")
    waiting = select(func.count(UploadRow.id)).where(
        UploadRow.account_id == account_id, UploadRow.used_at.is_(None), UploadRow.scheduled_id.is_(None)
    )
    with services.db.read() as session:
        writers.writer(session, account_id)
        if (session.scalar(waiting) or 0) >= MOST_WAITING:
            raise InvalidError(_("Post what you have uploaded before you upload more"), code="too_many_uploads")
