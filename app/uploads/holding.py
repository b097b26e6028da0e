"""To keep uploads as evidence, whatever becomes of the posts that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.uploads.tables import UploadRow
from moderation.evidence.snapshots import RETENTION


def hold(session: Session, upload_ids: Sequence[int], now: datetime) -> None:
    """Keep them as evidence, as long as what was written is kept."""
    if upload_ids:
        session.execute(update(UploadRow).where(UploadRow.id.in_(upload_ids)).values(kept_until=now + RETENTION))


def hold_by_key(session: Session, key: str, now: datetime) -> None:
    """The same, for what a moderator looks at."""
    session.execute(update(UploadRow).where(UploadRow.key == key).values(kept_until=now + RETENTION))
