"""How much harm was let in as harmless: estimated from the random samples, each with the chance that it had.

The population is the days' counts of public posts that machines let in without a word; what was drawn of them at
random, and people decided, stands for the rest of its days. A sample that nobody has decided yet counts as not drawn.
What one person found harmful is read again by another (`moderation.quality.reviews`), and counts where both say so.
What was held or reported was looked at because of what it is: of that, only the harm that it showed is counted, beside.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.cases.tables import CaseRow, CaseSubjectRow
from moderation.drift import measures
from moderation.drift.tables import DriftCountRow
from moderation.learning import propensity
from moderation.learning.propensity import Estimate, Stratum, collapse, harm
from moderation.learning.tables import ExampleRow
from moderation.learning.values import Chosen
from moderation.values import CaseOrigin, Outcome
from moderation.verdicts.tables import VerdictRow

DAYS: Final = 28
ANY: Final = "any"
"""Harm by whichever label; toxic, the parent of others, makes none by itself."""
_HARM: Final = tuple(label for label in LABELS if label != "toxic")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A post that machines let in, that was drawn at random, and that people decided. It stands for `weight` posts.

    `labels`: what people said, by label, from 0 to 1; `scores`: the text model's word when it came.
    """

    day: date
    labels: Mapping[str, float]
    scores: Mapping[str, float]
    weight: float


@dataclass(frozen=True, slots=True)
class Missed:
    """By label (and `ANY`): how much of the posts let in as harmless is harm; and how much of it is known, since
    members reported it or something else led to it."""

    since: date
    until: date
    labels: Mapping[str, Estimate]
    known: Mapping[str, int]

    @property
    def whole(self) -> Estimate:
        """Harm of any kind."""
        return self.labels[ANY]


def read(session: Session, now: datetime) -> Missed:
    """Over the last four weeks that were counted."""
    since, until = _span(now)
    strata = [stratum for stratum, _ in _strata(session, since, until)]
    return Missed(
        since, until, {label: harm(strata, label) for label in (ANY, *LABELS)}, _known_harm(session, since, until)
    )


def drawn(session: Session, now: datetime) -> list[Drawn]:
    """Each sample with how many posts it stands for: what any line would have missed can be reckoned from them."""
    found = []
    for stratum, examples in _strata(session, *_span(now)):
        found += [Drawn(day, row.labels, row.scores, stratum.weight) for day, row in examples]
    return found


def chances(session: Session, now: datetime) -> dict[str, float]:
    """By address, with which chance it was really drawn and decided on its days: in proportion to the rate at which it
    was, and so that the samples stand for all that was let in then. Of all days that were counted."""
    first = session.scalar(select(func.min(DriftCountRow.day)).where(DriftCountRow.name == measures.OUTCOME))
    if first is None:
        return {}
    found: dict[str, float] = {}
    for stratum, examples in _strata(session, first, _span(now)[1]):
        rates = propensity.chances(stratum.population, _rates([row for _, row in examples])) if examples else ()
        found |= {row.uri: rate for (_, row), rate in zip(examples, rates, strict=True)}
    return found


def _rates(rows: Sequence[ExampleRow]) -> list[float]:
    """At which rate each was drawn. Of one that was reported besides, and of one of which nobody wrote it down, the
    others' middle is taken."""
    known = [row.propensity for row in rows if row.propensity is not None and row.propensity < 1.0]
    usual = median(known) if known else 1.0
    return [row.propensity if row.propensity is not None and row.propensity < 1.0 else usual for row in rows]


def _span(now: datetime) -> tuple[date, date]:
    until = now.date() - timedelta(days=1)
    return until - timedelta(days=DAYS - 1), until


def _strata(session: Session, since: date, until: date) -> list[tuple[Stratum, list[tuple[date, ExampleRow]]]]:
    """Neighbouring days together until enough was drawn, each with its examples."""
    sizes, samples = _sizes(session, since, until), _samples(session, since, until)
    days = [since + timedelta(days=place) for place in range((until - since).days + 1)]
    single = [_stratum(day, sizes[day], samples.get(day, ())) for day in days]
    joined = collapse([each for each in single if each.population])
    begins = [date.fromisoformat(each.name) for each in joined]
    found: list[tuple[Stratum, list[tuple[date, ExampleRow]]]] = [(each, []) for each in joined]
    for day, rows in sorted(samples.items()):
        place = sum(begin <= day for begin in begins) - 1
        if place >= 0 and sizes[day]:
            found[place][1].extend((day, row) for row in rows)
    return found


def _stratum(day: date, size: int, rows: Sequence[ExampleRow]) -> Stratum:
    """A day that wasn't counted is nobody's: nothing is known of how many posts its samples stand for."""
    if not size:
        return Stratum(day.isoformat(), 0, 0)
    harmful: dict[str, float] = dict.fromkeys((ANY, *LABELS), 0.0)
    for row in rows:
        harmful[ANY] += _any(row.labels)
        for label in LABELS:
            harmful[label] += _sure(row.labels.get(label, 0.0))
    return Stratum(day.isoformat(), max(size, len(rows)), len(rows), harmful)


def _any(labels: Mapping[str, float]) -> float:
    return max((_sure(labels.get(label, 0.0)) for label in _HARM), default=0.0)


def _sure(said: float) -> float:
    """Harm is so rare among what was let in that half of two readers say nothing: what was found harmful is read again,
    and counts once more say so than not."""
    return said if said > 0.5 else 0.0


def _sizes(session: Session, since: date, until: date) -> Counter[date]:
    """By day, how many public posts were simply let in."""
    statement = select(DriftCountRow.day, DriftCountRow.count).where(
        DriftCountRow.day >= since,
        DriftCountRow.day <= until,
        DriftCountRow.name == measures.OUTCOME,
        DriftCountRow.bin == Outcome.APPROVE.value,
    )
    found: Counter[date] = Counter()
    for day, count in session.execute(statement):
        found[day] += count
    return found


def _samples(session: Session, since: date, until: date) -> Mapping[date, list[ExampleRow]]:
    """By the day on which they came, the samples that people decided."""
    statement = (
        select(VerdictRow.made_at, ExampleRow)
        .join(CaseRow, CaseRow.uri == ExampleRow.uri)
        .join(CaseSubjectRow, (CaseSubjectRow.case_id == CaseRow.id) & (CaseSubjectRow.uri == CaseRow.uri))
        .join(VerdictRow, VerdictRow.id == CaseSubjectRow.verdict_id)
        .where(CaseRow.origin == CaseOrigin.AUDIT, ExampleRow.chosen == Chosen.SAMPLE)
        .where(VerdictRow.outcome == Outcome.APPROVE, VerdictRow.made_at >= _midnight(since))
        .where(VerdictRow.made_at < _midnight(until + timedelta(days=1)))
        .order_by(ExampleRow.id)
    )
    found: dict[date, dict[int, ExampleRow]] = defaultdict(dict)
    for at, row in session.execute(statement):
        found[at.date()][row.id] = row
    return {day: list(rows.values()) for day, rows in found.items()}


def _known_harm(session: Session, since: date, until: date) -> Mapping[str, int]:
    """Of what machines simply let in: what people found harmful all the same, however they came upon it."""
    let_in = (
        select(VerdictRow.id)
        .where(VerdictRow.uri == ExampleRow.uri, ~VerdictRow.by_person, VerdictRow.outcome == Outcome.APPROVE)
        .where(VerdictRow.made_at >= _midnight(since), VerdictRow.made_at < _midnight(until + timedelta(days=1)))
        .exists()
    )
    found: Counter[str] = Counter()
    for labels in session.scalars(select(ExampleRow.labels).where(let_in)):
        for label in LABELS:
            found[label] += labels.get(label, 0.0) >= 0.5
        found[ANY] += max((labels.get(label, 0.0) for label in _HARM), default=0.0) >= 0.5
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
