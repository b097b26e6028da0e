"""How a server stands with this house: its cases of the last days, and what came of the reports that went there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from moderation.cases import plans
from moderation.cases.in_force import ORIGINAL, STANDS
from moderation.cases.tables import CaseRow, DecisionCaseRow, DecisionRow
from moderation.evidence.tables import ChangedBy, ChangeKind, EvidenceChangeRow
from moderation.reports.tables import ForwardState, ReportForwardRow
from moderation.rows import slices

LATELY: Final = timedelta(days=7)
LOOKED_BACK: Final = timedelta(days=180)
MOST: Final = 1000
"""How many of the latest reports that went there are looked at."""
_BY_THEM: Final = (ChangedBy.AUTHOR, ChangedBy.SERVER)


@dataclass(frozen=True, slots=True)
class Week:
    """Cases about a server and what lies under it that were opened within LATELY."""

    cases: int
    upheld: int
    """Of these, how many a decision stands in that let nothing pass."""


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Reports that went to a server within LOOKED_BACK, and what its people did about them, as far as it shows."""

    sent: int
    arrived: int
    refused: int
    answered: int
    """Their moderators say that they settled it."""
    removed: int
    """They said nothing, but something that it was about is gone since, by its author or its server."""
    days: float | None
    """After how many days an answer came, half of the time; None where none did."""

    @property
    def acted_on(self) -> int:
        """How many had a visible effect there."""
        return self.answered + self.removed


def week(session: Session, domain: str, now: datetime) -> Week:
    """The cases of the last days."""
    opened = under(CaseRow.author_domain, domain) & (CaseRow.opened_at > now - LATELY)
    harmful = (
        exists()
        .where(DecisionCaseRow.case_id == CaseRow.id)
        .where(DecisionRow.id == DecisionCaseRow.decision_id, ORIGINAL)
        .where(DecisionRow.action.not_in(plans.HARMLESS))
        .where(STANDS)
    )
    count = select(func.count(CaseRow.id)).where(opened)
    return Week(session.scalar(count) or 0, session.scalar(count.where(harmful)) or 0)


def passed_on(session: Session, domain: str, now: datetime) -> PassedOn:
    """What came of the reports that went there."""
    query = (
        select(ReportForwardRow)
        .where(under(ReportForwardRow.domain, domain), ReportForwardRow.sent_at > now - LOOKED_BACK)
        .order_by(ReportForwardRow.id.desc())
        .limit(MOST)
    )
    rows = list(session.scalars(query))
    answered = [row for row in rows if row.state is ForwardState.ANSWERED]
    arrived = [row for row in rows if row.state is ForwardState.DELIVERED]
    waited = [row.answered_at - row.sent_at for row in answered if row.answered_at is not None]
    return PassedOn(
        sent=len(rows),
        arrived=len(arrived) + len(answered),
        refused=sum(row.state is ForwardState.REFUSED for row in rows),
        answered=len(answered),
        removed=_removed(session, arrived),
        days=median(each / timedelta(days=1) for each in waited) if waited else None,
    )


def under(column: Any, domain: str) -> ColumnElement[bool]:
    """Whether a column names this domain, or one that lies under it."""
    return or_(column == domain, column.endswith(f".{domain}", autoescape=True))


def _removed(session: Session, rows: Sequence[ReportForwardRow]) -> int:
    """Of reports that arrived, how many were about something that is gone since."""
    gone: dict[str, datetime] = {}
    for part in slices({uri for row in rows for uri in row.about}):
        found = session.execute(
            select(EvidenceChangeRow.uri, func.max(EvidenceChangeRow.at))
            .where(EvidenceChangeRow.uri.in_(part), EvidenceChangeRow.what == ChangeKind.DELETED)
            .where(EvidenceChangeRow.by.in_(_BY_THEM))
            .group_by(EvidenceChangeRow.uri)
        )
        gone |= {uri: at for uri, at in found}
    return sum(any(uri in gone and gone[uri] > row.sent_at for uri in row.about) for row in rows)
