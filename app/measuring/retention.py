"""Who stays: of those who joined in a day or a month, how many were here in or after each of the following ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import AccountRow
from app.errors import InvalidError
from app.measuring.spans import Span

MOST_DAYS = 62
"""Cohorts by day are a triangle of days by days."""


class Frequency(StrEnum):
    """What a cohort is."""

    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Who joined in a period: how many, and of them how many stayed until each later one."""

    begins: date
    joined: int
    stayed: tuple[tuple[date, int], ...]


def cohorts(session: Session, span: Span, frequency: Frequency) -> list[Cohort]:
    """All of a span. Raises InvalidError where there would be too many."""
    if frequency is Frequency.DAY and len(span.days) > MOST_DAYS:
        raise InvalidError("Validation failed: start_at and end_at name too many days", code="bad_span")
    periods = list(dict.fromkeys(_period(day, frequency) for day in span.days))
    ends = _next(periods[-1], frequency)
    members = [
        (_period(joined_at.date(), frequency), seen_at.date() if seen_at else None)
        for joined_at, seen_at in session.execute(
            select(AccountRow.created_at, AccountRow.last_seen_at).where(
                AccountRow.confirmed_at.is_not(None),
                Span(periods[0], ends - timedelta(days=1)).holds(AccountRow.created_at),
            )
        )
    ]
    return [_cohort(begins, periods, [seen for joined, seen in members if joined == begins]) for begins in periods]


def _cohort(begins: date, periods: list[date], seen: list[date | None]) -> Cohort:
    later = [period for period in periods if period >= begins]
    stayed = tuple((period, sum(day is not None and day >= period for day in seen)) for period in later)
    return Cohort(begins, len(seen), stayed)


def _period(day: date, frequency: Frequency) -> date:
    return day if frequency is Frequency.DAY else day.replace(day=1)


def _next(period: date, frequency: Frequency) -> date:
    if frequency is Frequency.DAY:
        return period + timedelta(days=1)
    return (period + timedelta(days=32)).replace(day=1)
