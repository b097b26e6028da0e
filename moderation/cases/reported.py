"""Who is reported at the moment: authors with an open case that a report opened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases.tables import CaseRow
from moderation.rows import slices
from moderation.values import CaseOrigin, CaseState

_WAITING: Final = (CaseState.OPEN, CaseState.CLAIMED, CaseState.ESCALATED)


def reported(session: Session, uris: Iterable[str]) -> frozenset[str]:
    """Those of the authors about whom a report waits for a person."""
    found: set[str] = set()
    for part in slices(uris):
        query = select(CaseRow.author_uri).where(
            CaseRow.author_uri.in_(part), CaseRow.state.in_(_WAITING), CaseRow.origin == CaseOrigin.REPORT
        )
        found.update(session.scalars(query))
    return frozenset(found)
