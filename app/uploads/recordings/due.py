"""Which films and sounds wait to be made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from app.uploads.tables import UploadRow, UploadState


def due(now: datetime) -> ColumnElement[bool]:
    """Those that nobody is making at this moment."""
    return and_(UploadRow.state == UploadState.WAITING, UploadRow.next_at <= now)
