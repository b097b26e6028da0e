"""Opening the case of a pile-on: about the member at whom it is aimed, for care, and never twice a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import opening, priority
from moderation.cases.tables import CaseRow
from moderation.pile_ons import LABEL
from moderation.values import CaseOrigin, SubjectKind

ONCE: Final = timedelta(hours=24)
NAMED: Final = 40


def is_known(session: Session, uri: str, now: datetime) -> bool:
    """Whether a pile-on at this member became a case within the last day."""
    query = select(CaseRow.id).where(CaseRow.author_uri == uri, CaseRow.label == LABEL, CaseRow.opened_at > now - ONCE)
    return session.scalar(query.limit(1)) is not None


def open_one(
    session: Session, uri: str, domain: str, posts: Sequence[str], authors: int, language: str | None, now: datetime
) -> int:
    """Open the case, which keeps how many wrote and the addresses of some of what they wrote; its id."""
    rank = priority.rank(CaseOrigin.CARE, now, severity=6.0, reach=authors, local=True)
    made = opening.Opening(
        uri, SubjectKind.ACCOUNT, CaseOrigin.CARE, uri, domain, True, rank, LABEL, language, (LABEL,)
    )
    case_id = opening.open_many(session, [made], now)[0]
    details = {"posts": len(posts), "authors": authors, "uris": list(posts[-NAMED:])}
    opening.note(session, case_id, LABEL, None, now, details)
    return case_id
