"""Figures of a span of time: reports, what machines held, what people decided, how long it took, how appeals ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation.appeals.tables import AppealRow
from moderation.cases.in_force import ORIGINAL
from moderation.cases.tables import CaseRow, DecisionRow
from moderation.cases.telling import MACHINE
from moderation.quality.staging import PREFIX
from moderation.reports.tables import ReportRow
from moderation.statements.tables import StatementRow
from moderation.tallies.tables import TallyRow
from moderation.values import CaseState

LEGAL: Final = "legal"
"""The category of reports that say that the law forbids something."""
SAMPLE: Final = 5000
"""Times are those of the newest so many cases: a million would say the same."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts by code. Decisions that were taken back are in `reversed`, and not in the others."""

    since: datetime
    until: datetime
    judged: int
    """Posts, edits and profiles that came to the door."""
    by_machine: Mapping[str, int]
    reports: Mapping[str, int]
    """By category."""
    outcomes: Mapping[str, int]
    """Of reports."""
    decisions: Mapping[str, int]
    """By what was done."""
    rules: Mapping[str, int]
    """Decisions that name a rule, by its number."""
    pointed_out_by_machine: int
    pointed_out_by_people: int
    reversed: int
    median_seconds: int | None
    """From when a case was opened until a person decided it; None where nobody did."""
    appeals: Mapping[str, int]
    """By how they ended; `waiting` are those that haven't."""
    origins: Mapping[str, int]
    """Reports by who gave them: members, other servers, visitors without an account."""
    notices: Mapping[str, int]
    """Of what is said to be against the law, by what came of it."""
    notice_seconds: int | None
    """From when such a notice was filed until it was settled; the median."""
    appealed_by: Mapping[str, int]
    """Appeals by who contested."""
    appeal_seconds: int | None
    """From an appeal to its answer; the median."""
    automated: Mapping[str, int]
    """Statements of reasons for what a machine did by itself, by what that was."""


def of_span(session: Session, since: datetime, until: datetime) -> Figures:
    """The figures of `since` (included) to `until` (not), counted by the database: no row is loaded but times."""
    tallied = _tallied(session, since, until)
    filed = _within(ReportRow.filed_at, since, until)
    pointed = _pointed(session, since, until)
    return Figures(
        since=since,
        until=until,
        judged=tallied.get("judged", 0),
        by_machine={name[8:]: count for name, count in tallied.items() if name.startswith("outcome_")},
        reports=_counts(session, ReportRow.category, filed),
        outcomes=_counts(session, ReportRow.outcome, filed),
        decisions=_counts(session, DecisionRow.action, _stands(since, until)),
        rules=_counts(session, DecisionRow.rule_id, _stands(since, until) & DecisionRow.rule_id.is_not(None)),
        pointed_out_by_machine=pointed[0],
        pointed_out_by_people=pointed[1],
        reversed=_reversed(session, since, until),
        median_seconds=_median(session, since, until),
        appeals={
            name or "waiting": count
            for name, count in _counts(session, AppealRow.outcome, _within(AppealRow.filed_at, since, until)).items()
        },
        origins=_counts(session, ReportRow.origin, filed),
        notices=_counts(session, ReportRow.outcome, filed & (ReportRow.category == LEGAL)),
        notice_seconds=_between(
            session, ReportRow.filed_at, ReportRow.settled_at, filed & (ReportRow.category == LEGAL)
        ),
        appealed_by=_counts(session, AppealRow.by, _within(AppealRow.filed_at, since, until)),
        appeal_seconds=_between(
            session, AppealRow.filed_at, AppealRow.closed_at, _within(AppealRow.filed_at, since, until)
        ),
        automated=_counts(session, StatementRow.action, _by_machine_alone(since, until)),
    )


def _by_machine_alone(since: datetime, until: datetime) -> ColumnElement[bool]:
    return _within(StatementRow.applied_at, since, until) & (StatementRow.automated_decision == "FULLY")


def _between(
    session: Session,
    first: InstrumentedAttribute[Any],
    last: InstrumentedAttribute[Any],
    which: ColumnElement[bool],
) -> int | None:
    """The median time of the newest so many, in seconds."""
    rows = session.execute(select(first, last).where(which, last.is_not(None)).order_by(first.desc()).limit(SAMPLE))
    took = [(ended - began).total_seconds() for began, ended in rows]
    return round(median(took)) if took else None


def _within(column: InstrumentedAttribute[Any], since: datetime, until: datetime) -> ColumnElement[bool]:
    return (column >= since) & (column < until)


def _stands(since: datetime, until: datetime) -> ColumnElement[bool]:
    """Decisions of the span that nobody took back; a reversal is none, nor is an answer to a staged case."""
    taken_back = select(DecisionRow.reverses_id).where(DecisionRow.reverses_id.is_not(None))
    return (
        _within(DecisionRow.made_at, since, until)
        & ORIGINAL
        & DecisionRow.id.not_in(taken_back)
        & ~DecisionRow.uri.startswith(PREFIX)
    )


def _counts(session: Session, column: InstrumentedAttribute[Any], which: ColumnElement[bool]) -> dict[str, int]:
    statement = select(column, func.count()).where(which).group_by(column).order_by(column)
    return {str(value) if value is not None else "": count for value, count in session.execute(statement)}


def _tallied(session: Session, since: datetime, until: datetime) -> dict[str, int]:
    statement = (
        select(TallyRow.name, func.sum(TallyRow.count))
        .where(TallyRow.day >= since.date(), TallyRow.day < until.date())
        .group_by(TallyRow.name)
    )
    return {name: int(count) for name, count in session.execute(statement)}


def _pointed(session: Session, since: datetime, until: datetime) -> tuple[int, int]:
    machine = func.coalesce(func.sum(case((CaseRow.origin.in_(MACHINE), 1), else_=0)), 0)
    statement = (
        select(machine, func.count())
        .select_from(DecisionRow)
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .where(_stands(since, until))
    )
    by_machine, all_of_them = session.execute(statement).one()
    return int(by_machine), int(all_of_them) - int(by_machine)


def _reversed(session: Session, since: datetime, until: datetime) -> int:
    reversal = DecisionRow.reverses_id.is_not(None) & _within(DecisionRow.made_at, since, until)
    return session.scalar(select(func.count()).select_from(DecisionRow).where(reversal)) or 0


def _median(session: Session, since: datetime, until: datetime) -> int | None:
    statement = (
        select(CaseRow.opened_at, CaseRow.decided_at)
        .where(CaseRow.state == CaseState.DECIDED, _within(CaseRow.decided_at, since, until))
        .order_by(CaseRow.decided_at.desc())
        .limit(SAMPLE)
    )
    took = [(decided - opened).total_seconds() for opened, decided in session.execute(statement) if decided is not None]
    return round(median(took)) if took else None
