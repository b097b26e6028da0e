"""Notes that the crew puts on a case without deciding it: events of the case, with who wrote each and when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import assigned, claims, exclusions, opening
from moderation.cases.tables import CaseEventRow
from moderation.cases.values import CaseNote
from moderation.errors import RefusedError
from moderation.log import chain as log

WHAT: Final = "noted"
_SHOWN: Final = (WHAT, assigned.ANSWERED)
LONGEST: Final = 5000
"""Characters."""
MOST: Final = 100
"""Of one case that its page shows, the latest; its timeline has all of them."""


def put(session: Session, case_id: int, by: str, words: str, now: datetime) -> None:
    """Put a note on a case; its version stays, for a note changes nothing that a decision binds to.

    Raises ExcludedError where the case isn't for them, NotFoundError, RefusedError for an empty one or one too long.
    """
    exclusions.require(session, case_id, by, now)
    claims.find(session, case_id)
    words = words.strip()
    if not words:
        raise RefusedError("a note needs words")
    if len(words) > LONGEST:
        raise RefusedError(f"a note has at most {LONGEST} characters")
    opening.note(session, case_id, WHAT, by, now, {"note": words})
    # the words stay with the case, whose evidence may be sealed or purged; the chain keeps that they were written
    log.append(session, by, "case_noted", f"case:{case_id}", {"characters": len(words)}, now)


def of(session: Session, case_id: int) -> tuple[CaseNote, ...]:
    """The notes on a case, and what its frozen author answered; oldest first."""
    statement = select(CaseEventRow).where(CaseEventRow.case_id == case_id, CaseEventRow.what.in_(_SHOWN))
    rows = session.scalars(statement.order_by(CaseEventRow.id.desc()).limit(MOST)).all()
    return tuple(CaseNote(row.by or "", row.at, str(row.details.get("note", ""))) for row in reversed(rows))
