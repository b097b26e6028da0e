"""Take a film or sound: kept as it was sent until the worker has made it anew, and given to nobody before."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import IO, Final

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.accounts import writers
from app.database.engine import after_commit
from app.errors import InvalidError
from app.ids import IDS
from app.media import sights, where
from app.media.seeing import Digests
from app.media.shapes import SOURCE, Shape
from app.media.sights import Seen
from app.services import Services
from app.stores.budgets import RECORDINGS, Budgets
from app.stores.jobs import Job
from app.uploads import places
from app.uploads.recordings import kinds
from app.uploads.tables import UploadKind, UploadRow, UploadState
from app.uploads.taking import Focus, checked

LARGEST_BYTES: Final = 100 * 1024**2
MOST_WAITING: Final = 5
"""Films and sounds of one member that wait to be made, or to be posted."""
_CHUNK: Final = 1024 * 1024


def take(
    services: Services, account_id: int, body: IO[bytes], kind: UploadKind, *, description: str, focus: Focus | None
) -> UploadRow:
    """Keep it, to be made soon; `kind` is a guess. Raises InvalidError, ForbiddenError, RateLimitedError."""
    if not kinds.are_taken():
        raise InvalidError(_("This server takes no films or sounds"), code="no_recordings")
    Budgets(services.redis, services.clock, enabled=services.settings.rate_limits).spend(RECORDINGS, str(account_id))
    said = checked(description)
    _require_room(services, account_id)
    key = secrets.token_hex(places.KEY_BYTES)
    source = where.here(services.settings).place(key, SOURCE)
    try:
        digests, size = _copy(body, source)
        row = _row(services, account_id, key, kind)
        row.sha256, row.size_bytes, row.description = digests[-1], size, said
        row.seen = sights.to_json(Seen(digests))
        row.focus_x, row.focus_y = (focus.x, focus.y) if focus else (None, None)
        with services.db.write() as session:
            session.add(row)
            after_commit(session, lambda: services.nudger.nudge(Job.RECORDINGS))
    except BaseException:
        source.unlink(missing_ok=True)
        raise
    return row


def _row(services: Services, account_id: int, key: str, kind: UploadKind) -> UploadRow:
    now = services.clock.now()
    return UploadRow(
        id=IDS.take(now),
        account_id=account_id,
        key=key,
        shape=Shape.PICTURE,
        kind=kind,
        state=UploadState.WAITING,
        next_at=now,
        width=0,
        height=0,
        created_at=now,
    )


def _copy(body: IO[bytes], to: Path) -> tuple[tuple[str, ...], int]:
    """The digests and the size of what was written. Raises InvalidError for too much."""
    digests, size = Digests(), 0
    with to.open("xb") as file:
        while chunk := body.read(_CHUNK):
            size += len(chunk)
            if size > LARGEST_BYTES:
                most = LARGEST_BYTES // 1024**2
                raise InvalidError(_("A film or sound has at most %(most)s MB", most=most), code="recording_too_large")
            digests.update(chunk)
            file.write(chunk)
    return digests.done(), size


def _require_room(services: Services, account_id: int) -> None:
    waiting = select(func.count(UploadRow.id)).where(
        UploadRow.account_id == account_id,
        UploadRow.used_at.is_(None),
        UploadRow.scheduled_id.is_(None),
        UploadRow.kind != UploadKind.IMAGE,
    )
    with services.db.read() as session:
        writers.writer(session, account_id)
        if (session.scalar(waiting.where(UploadRow.state != UploadState.FAILED)) or 0) >= MOST_WAITING:
            raise InvalidError(_("Post what you have uploaded before you upload more"), code="too_many_uploads")
