"""How often machines and people erred in a span of time, as groups of figures for the year's report.

- `audited`, `too_mild`, `too_strict`: of what machines did by themselves (by outcome), how much was drawn at random and
  read by people, and how much of that they took more or less seriously;
- `agreement`: of cases that two people read without knowing of each other (`read_twice`), how many they answered alike;
  `kappa` (Cohen's) and `alpha` (Krippendorff's) beyond chance, null while there are too few to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from moderation.audits import rates
from moderation.quality import readings
from moderation.quality.agreement import Agreement
from moderation.transparency.tables import YearQualityRow

Figures = Mapping[str, Mapping[str, float | None]]
GROUPS = ("audited", "too_mild", "too_strict", "agreement")


def of_year(session: Session, year: int) -> Figures:
    """Counted from the rows that there are."""
    since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    machines = [each for each in rates.of_span(session, since, until) if each.decided]
    people = readings.of(readings.load(session, since, until))
    return {
        "audited": {each.outcome.value: each.decided for each in machines},
        "too_mild": {each.outcome.value: each.too_mild.count for each in machines},
        "too_strict": {each.outcome.value: each.too_strict.count for each in machines},
        "agreement": {
            "read_twice": people.two.n,
            "read_alike": round(people.two.observed * people.two.n),
            "kappa": _said(people.two),
            "alpha": _said(people.all),
        },
    }


def kept(session: Session, year: int) -> Figures | None:
    """As they were when the year was over; None where nobody kept them."""
    row = session.get(YearQualityRow, year)
    return row.figures if row is not None else None


def keep(session: Session, year: int, now: datetime) -> bool:
    """Keep those of a year that is over; whether they weren't kept yet."""
    if session.get(YearQualityRow, year) is not None:
        return False
    session.add(YearQualityRow(year=year, figures=of_year(session, year), kept_at=now))
    return True


def _said(found: Agreement) -> float | None:
    if found.beyond_chance is None or found.n < readings.ENOUGH:
        return None
    return round(found.beyond_chance, 3)
