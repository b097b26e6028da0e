"""A month's sheet: reckoned anew while it is open, frozen with a number when a lead approves it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from moderation import turns
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import DecisionRow
from moderation.errors import RefusedError
from moderation.log import chain
from moderation.quality.tables import GoldenAnswerRow, ProposalRow, ProposalState, ReviewRow
from moderation.workforce import attendance, corrections, reckoning, spans, terms, undertakings
from moderation.workforce.reckoning import Line
from moderation.workforce.spans import Month
from moderation.workforce.tables import SheetRow

SETTLED_AFTER: Final = timedelta(hours=1)
"""After the end of a month: whatever ran over midnight is over by then."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day's seconds, by kind."""

    day: date
    seconds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Correction:
    """A granted correction with what it comes to."""

    number: int
    day: date
    reason: str
    line: Line


@dataclass(frozen=True, slots=True)
class Figures:
    """All that stands on a sheet."""

    zone: str
    days: tuple[Day, ...]
    lines: tuple[Line, ...]
    corrections: tuple[Correction, ...]

    @property
    def seconds(self) -> int:
        """Time altogether, corrections included."""
        return sum(sum(day.seconds.values()) for day in self.days) + sum(
            each.line.quantity for each in self.corrections
        )

    @property
    def corrected(self) -> dict[str, int]:
        """What corrections come to, by currency."""
        return reckoning.totals(each.line for each in self.corrections)

    @property
    def totals(self) -> dict[str, int]:
        """Money altogether, by currency."""
        return reckoning.totals([*self.lines, *(each.line for each in self.corrections)])


def reckon(session: Session, name: str, month: Month, zone: ZoneInfo) -> Figures:
    """A month as it stands now."""
    since, until = month.bounds(zone)
    agreed, spent = terms.history(session, name), attendance.spans_of(session, name, since, until)
    days = spans.by_day(spent, zone)
    return Figures(
        zone.key,
        tuple(
            Day(day, {kind.value: round(time.total_seconds()) for kind, time in found.items()})
            for day, found in days.items()
        ),
        tuple(reckoning.lines(spent, decisions(session, name, since, until), agreed)),
        tuple(
            Correction(
                row.id,
                row.day,
                row.reason,
                reckoning.corrected(row.minutes * 60, spans.midnight(row.day + timedelta(days=1), zone), agreed),
            )
            for row in corrections.for_sheet(session, name, month.following.first)
        ),
    )


def approve(session: Session, name: str, month: Month, zone: ZoneInfo, by: str, now: datetime) -> SheetRow:
    """Freeze a month that is over, and number it. Raises RefusedError."""
    turns.take(session)
    if now < month.bounds(zone)[1] + SETTLED_AFTER:
        raise RefusedError("a month is approved when it is over")
    if approved(session, name, month) is not None:
        raise RefusedError("this month was approved already; what is wrong is corrected on a later one")
    figures, signature = reckon(session, name, month, zone), undertakings.last(session, name)
    row = SheetRow(
        number=(session.scalar(select(func.max(SheetRow.number))) or 0) + 1,
        name=name,
        begins_on=month.first,
        figures=as_json(figures),
        signed_as=signature.signed_as if signature else name,
        approved_by=by,
        approved_at=now,
    )
    session.add(row)
    session.flush()
    for each in figures.corrections:
        corrections.find(session, each.number).sheet_id = row.id
    session.flush()
    said: dict[str, str | int | bool | None] = {"number": row.number, "month": month.first.isoformat()}
    said |= {"sha256": _digest(row.figures), **figures.totals}
    chain.append(session, by, "timesheet_approved", f"crew:{name}", said, now)
    return row


def approved(session: Session, name: str, month: Month) -> SheetRow | None:
    """The sheet of a month, once it is approved."""
    query = select(SheetRow).where(SheetRow.name == name, SheetRow.begins_on == month.first)
    return session.scalars(query).first()


def of(session: Session, name: str) -> list[SheetRow]:
    """All that were approved, the newest first."""
    query = select(SheetRow).where(SheetRow.name == name).order_by(SheetRow.begins_on.desc())
    return list(session.scalars(query.limit(120)))


def decisions(session: Session, name: str, since: datetime, until: datetime) -> list[datetime]:
    """When somebody answered cases: decisions that they didn't take back themselves, second opinions, second reviews
    and golden cases. A decision on a wave is one."""
    undone = aliased(DecisionRow)
    own = (
        select(DecisionRow.made_at)
        .where(DecisionRow.made_by == name, DecisionRow.made_at >= since, DecisionRow.made_at < until)
        .where(ORIGINAL)
        .where(~select(undone.id).where(undone.reverses_id == DecisionRow.id, undone.made_by == name).exists())
    )
    found = list(session.scalars(own))
    for by, at in (
        (ProposalRow.by, ProposalRow.made_at),
        (ReviewRow.second_by, ReviewRow.answered_at),
        (GoldenAnswerRow.by, GoldenAnswerRow.answered_at),
    ):
        found += [each for each in session.scalars(select(at).where(by == name, at >= since, at < until)) if each]
    differing = select(ProposalRow.second_at).where(
        ProposalRow.second_by == name, ProposalRow.second_at.between(since, until)
    )
    found += [each for each in session.scalars(differing.where(ProposalRow.state != ProposalState.AGREED)) if each]
    return sorted(found)


def as_json(figures: Figures) -> dict[str, Any]:
    """As it is stored: days as text."""
    kept: dict[str, Any] = json.loads(json.dumps(asdict(figures), default=date.isoformat))
    return kept


def from_json(kept: dict[str, Any]) -> Figures:
    """As it was frozen."""
    return Figures(
        kept["zone"],
        tuple(Day(date.fromisoformat(each["day"]), dict(each["seconds"])) for each in kept["days"]),
        tuple(Line(**each) for each in kept["lines"]),
        tuple(
            Correction(each["number"], date.fromisoformat(each["day"]), each["reason"], Line(**each["line"]))
            for each in kept["corrections"]
        ),
    )


def _digest(figures: dict[str, Any]) -> str:
    return sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()
