"""What members write down about others, for their own eyes alone."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import lookup, writers
from app.errors import InvalidError
from app.relationships.tables import AccountNoteRow
from app.services import Services

LONGEST = 2000


def write(services: Services, account_id: int, target_id: int, text: str) -> None:
    """Write it down; nothing takes it away. Raises NotFoundError, InvalidError for more than 2,000 characters."""
    note = text.strip()
    if len(note) > LONGEST:
        raise InvalidError("Validation failed: Comment is too long (maximum is 2000 characters)")
    with services.db.write() as session:
        writers.one_at_a_time(session, account_id)
        lookup.by_id(session, target_id)
        row = session.get(AccountNoteRow, (account_id, target_id))
        if row is None and note:
            session.add(AccountNoteRow(account_id=account_id, target_id=target_id, note=note))
        elif row is not None and note:
            row.note = note
        elif row is not None:
            session.delete(row)


def of(session: Session, account_id: int, target_ids: Collection[int]) -> dict[int, str]:
    """What a member wrote about each of these, where they did."""
    mine = select(AccountNoteRow.target_id, AccountNoteRow.note).where(
        AccountNoteRow.account_id == account_id, AccountNoteRow.target_id.in_(target_ids)
    )
    return {target_id: note for target_id, note in session.execute(mine)}
