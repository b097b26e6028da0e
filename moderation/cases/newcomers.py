"""What waits because its server was never met before: one case for each server, while nobody works on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation.cases import opening
from moderation.cases.tables import CaseRow
from moderation.values import CaseOrigin, CaseState

REASON: Final = "domain_unknown"
MOST: Final = 200
"""Members of one case: what comes after them begins another."""


def is_led_by(reasons: Sequence[str]) -> bool:
    """Whether something waits for this above all."""
    return tuple(reasons[:1]) == (REASON,)


def case_of(session: Session, domain: str) -> int | None:
    """The case about a server that waits for somebody; one that is claimed is decided as it was read."""
    query = (
        select(CaseRow)
        .where(CaseRow.author_domain == domain, CaseRow.state == CaseState.OPEN, CaseRow.origin == CaseOrigin.HOLD)
        .where(CaseRow.label.is_(None), CaseRow.members < MOST)
        .order_by(CaseRow.id)
        .limit(50)
    )
    return next((row.id for row in session.scalars(query) if is_led_by(row.reasons)), None)


def join(session: Session, case_id: int, member: dict[str, Any], now: datetime) -> None:
    """Another post of the server waits along: whoever has read the case without it reads it again."""
    opening.join_many(session, case_id, [member], now)
    opening.touch(session, case_id, "joined", None, now)
