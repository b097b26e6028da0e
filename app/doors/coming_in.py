"""Who came in by an invitation from the waiting list stands on it no more."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.accounts import invitations
from app.doors.tables import WaitingRow


def by(session: Session, token: str) -> None:
    """Forget the entry for which an invitation was made, in the write that used it up."""
    session.execute(delete(WaitingRow).where(WaitingRow.invitation_hash == invitations.hashed(token)))
