"""Rows of those before the closed door: found by a page's number, or by the handle that a letter's link has."""

from __future__ import annotations

from typing import TypeVar

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.doors.tables import OrganisationRow, RequestState, WaitingRow, WaitingState
from app.errors import InvalidError, NotFoundError

Row = TypeVar("Row", WaitingRow, OrganisationRow)
_UNCONFIRMED = (WaitingState.UNCONFIRMED, RequestState.UNCONFIRMED)


def by_number(session: Session, table: type[Row], number: int) -> Row:
    """One that was confirmed, locked for a change. Raises NotFoundError."""
    row = session.get(table, number, with_for_update=True)
    if row is None or row.state in _UNCONFIRMED:
        raise NotFoundError
    return row


def by_handle(session: Session, table: type[Row], handle: str, *, lock: bool = False) -> Row:
    """The one that a link names. Raises InvalidError."""
    query = select(table).where(table.handle == handle)
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise InvalidError(_("This link is wrong or too old"), code="bad_link")
    return row
