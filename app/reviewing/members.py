"""The members of a case, where somebody ticked some of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import claims, outliers
from moderation.cases.tables import CaseSubjectRow


def ticked(
    session: Session,
    case_id: int,
    shown: Collection[str],
    chosen: Collection[str],
    now: datetime,
    *,
    all_that_stand_out: bool = False,
) -> tuple[str, ...] | None:
    """The URIs of all members, also of those that no page showed, but for what was unticked, and for what stands out
    and wasn't ticked; None where that is what a decision reaches by itself. Raises NotFoundError."""
    odd = frozenset(outliers.of(session, claims.find(session, case_id), now).marks)
    left = frozenset(shown) - frozenset(chosen)
    left = left - odd if all_that_stand_out else left | (odd - frozenset(chosen))
    if left == odd:
        return None
    uris = session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.case_id == case_id))
    return tuple(uri for uri in uris if uri not in left)
