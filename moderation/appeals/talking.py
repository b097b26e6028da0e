"""Messages between who contests and the moderators. Outside of the crew nobody learns who of them wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.appeals.reading import find
from moderation.appeals.tables import AppealMessageRow, AppealRow
from moderation.cases import exclusions, opening
from moderation.errors import AppealRefusedError
from moderation.evidence.snapshots import clean
from moderation.values import Effect, Verb

TEXT_LONGEST: Final = 2000
MOST_FROM_ONE: Final = 20


def write(session: Session, appeal_id: int, text: str, now: datetime, *, moderator: str | None = None) -> list[Effect]:
    """A line from who contests, or from a `moderator`; who reads it is told.

    Raises AppealRefusedError (`closed`, `empty`, `too_long`, `too_many`), ExcludedError, NotFoundError.
    """
    row = find(session, appeal_id)
    text = clean(text.strip(), TEXT_LONGEST + 1)
    why_not = _bad(session, row, text, moderator)
    if why_not is not None:
        raise AppealRefusedError(why_not)
    if moderator is not None:
        exclusions.require(session, row.case_id, moderator, now)
    session.add(AppealMessageRow(appeal_id=row.id, moderator=moderator, text=text, written_at=now))
    session.flush()
    if moderator is None:
        opening.touch(session, row.case_id, "message", None, now)
        return []
    opening.note(session, row.case_id, "message", moderator, now)
    return [told(row, "message")]


def told(row: AppealRow, what: str) -> Effect:
    """A notice for who contests: what happened to their appeal."""
    params = {
        "appeal_id": row.id,
        "what": what,
        "party": row.by.value,
        "report_id": row.report_id,
        "outcome": row.outcome.value if row.outcome else None,
        "reply": row.reply,
    }
    return Effect(Verb.NOTIFY_APPELLANT, row.uri, row.decision_id, None, params)


def _bad(session: Session, row: AppealRow, text: str, moderator: str | None) -> str | None:
    if row.outcome is not None:
        return "closed"
    if not text:
        return "empty"
    if len(text) > TEXT_LONGEST:
        return "too_long"
    written = session.scalar(
        select(func.count(AppealMessageRow.id)).where(
            AppealMessageRow.appeal_id == row.id, AppealMessageRow.moderator.is_(None)
        )
    )
    return "too_many" if moderator is None and (written or 0) >= MOST_FROM_ONE else None
