"""The job: one film or sound after the other is made anew. What a killed worker had in hand is begun again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy import select, update

from app.media import one_by_one, seeing, sights, where
from app.media.caged import EndedError
from app.media.shapes import SOURCE, every_name
from app.services import Services
from app.uploads.recordings import making
from app.uploads.recordings.due import due
from app.uploads.recordings.making import Made
from app.uploads.recordings.refusals import RefusedError, Why
from app.uploads.tables import UploadKind, UploadRow, UploadState

log = structlog.get_logger()
LEASE: Final = timedelta(minutes=45)
"""Longer than making one can take."""
MOST_ATTEMPTS: Final = 3
BUSY_FOR: Final = timedelta(minutes=1)


def drain(services: Services, limit: int) -> int:
    """Make those that wait, oldest first; how many."""
    return one_by_one.drain(lambda: _take(services), lambda row: _make(services, row), limit)


def release(services: Services) -> int:
    """No other worker lives: what a killed one had in hand may begin again at once; how many."""
    now = services.clock.now()
    with services.db.write() as session:
        taken = update(UploadRow).where(UploadRow.state == UploadState.WAITING, UploadRow.next_at > now)
        return len(session.scalars(taken.values(next_at=now).returning(UploadRow.id)).all())


def _take(services: Services) -> UploadRow | None:
    now = services.clock.now()
    query = select(UploadRow).where(due(now)).order_by(UploadRow.next_at, UploadRow.id).limit(1)
    with services.db.write() as session:
        row = session.scalar(query.with_for_update(skip_locked=True))
        if row is not None:
            row.next_at, row.attempts = now + LEASE, row.attempts + 1
    return row


def _make(services: Services, row: UploadRow) -> bool:
    """Whether it is dealt with; False: this process stops."""
    files = where.here(services.settings)
    try:
        if row.attempts > MOST_ATTEMPTS:
            raise RefusedError(Why.COSTLY, "it ended whoever made it, again and again")
        kind, made = making.make(files, row.key)
        size = sum(bytes_ for name, bytes_ in files.sizes(row.key).items() if name != SOURCE)
        files.settle(row.key)
    except RefusedError as error:
        log.info("recording_refused", upload=row.id, error=error.why.value, text=str(error))
        _refuse(services, row.id, error.why)
        files.remove(row.key, every_name(row.shape))
        return True
    except EndedError:
        _give_back(services, row.id)
        return False
    except OSError as error:  # a full disk, or a store that doesn't answer: made again soon
        log.error("recording_not_kept", upload=row.id, error=str(error))
        _give_back(services, row.id, BUSY_FOR)
        return True
    if not _keep(services, row.id, kind, made, size):
        files.remove(row.key, every_name(row.shape))  # let go of while it was made
    files.remove(row.key, (SOURCE,))
    return True


def _keep(services: Services, upload_id: int, kind: UploadKind, made: Made, size: int) -> bool:
    with services.db.write() as session:
        row = session.get(UploadRow, upload_id)
        if row is None:
            return False
        row.state, row.kind, row.next_at, row.size_bytes = UploadState.READY, kind, None, size
        row.width, row.height, row.duration = made.width, made.height, made.seconds
        row.blurhash = made.poster.blurhash if made.poster else None
        kept = sights.from_json(row.seen)
        if made.poster is not None and kept is not None:
            row.seen = sights.to_json(seeing.look(services.tools.image_model, kept.digests, made.poster.glimpses))
    return True


def _refuse(services: Services, upload_id: int, why: Why) -> None:
    with services.db.write() as session:
        change = update(UploadRow).where(UploadRow.id == upload_id)
        session.execute(change.values(state=UploadState.FAILED, error=why.value, next_at=None))


def _give_back(services: Services, upload_id: int, wait: timedelta = timedelta()) -> None:
    with services.db.write() as session:
        change = update(UploadRow).where(UploadRow.id == upload_id)
        session.execute(change.values(next_at=services.clock.now() + wait, attempts=UploadRow.attempts - 1))
