"""How often a reporter was right, from what came of their reports. Never shown publicly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation.reports.tables import ReportOutcome, ReportRow
from moderation.rows import slices

PRIOR = 2
"""A newcomer counts as somebody with two reports upheld and two declined."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a reporter's reports."""

    filed: int
    upheld: int
    declined: int

    @property
    def accuracy(self) -> float | None:
        """The part that was upheld; None while nothing has been decided."""
        decided = self.upheld + self.declined
        return self.upheld / decided if decided else None

    @property
    def weight(self) -> float:
        """The accuracy as the queue counts it: half for a newcomer."""
        return (self.upheld + PRIOR) / (self.upheld + self.declined + 2 * PRIOR)


def of(session: Session, reporters: Sequence[str]) -> dict[str, Standing]:
    """By reporter."""
    counts: dict[str, dict[ReportOutcome, int]] = {uri: {} for uri in reporters}
    for part in slices(reporters):
        statement = (
            select(ReportRow.reporter_uri, ReportRow.outcome, func.count())
            .where(ReportRow.reporter_uri.in_(part))
            .group_by(ReportRow.reporter_uri, ReportRow.outcome)
        )
        for uri, outcome, count in session.execute(statement):
            counts[uri or ""][outcome] = count
    return {
        uri: Standing(
            filed=sum(found.values()),
            upheld=found.get(ReportOutcome.UPHELD, 0),
            declined=found.get(ReportOutcome.DECLINED, 0),
        )
        for uri, found in counts.items()
    }


def voices(session: Session, reports: Sequence[ReportRow]) -> list[tuple[str, float]]:
    """Where each report comes from, and what it weighs; visitors weigh as newcomers do."""
    known = of(session, [each.reporter_uri for each in reports if each.reporter_uri])
    newcomer = Standing(0, 0, 0).weight
    return [
        (each.reporter_domain, known[each.reporter_uri].weight if each.reporter_uri in known else newcomer)
        for each in reports
    ]
