"""What several people said of the same case without knowing of each other, and how far they agree, rule by rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation.quality.agreement import Agreement, cohens_kappa, krippendorffs_alpha
from moderation.quality.ratings import OF_ACTION, Rating, from_json
from moderation.quality.tables import GoldenAnswerRow, GoldenRow, ProposalRow, ReviewRow

MOST: Final = 5000
ENOUGH: Final = 10
"""Fewer cases than this say nothing about a rule."""
LOW: Final = 0.6
"""Below this, people who read the same rule understand different things by it."""
SHOWN: Final = 6
_BY_LOT: Final = ~ReviewRow.doubted & ~ReviewRow.decisive
"""What was chosen for its answer says nothing of how far people agree."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One person's answer. `case_id` is the real case."""

    case_id: int
    unit: str
    by: str
    rating: Rating
    rule_id: str | None


@dataclass(frozen=True, slots=True)
class Differing:
    """Two answers to one case, without names: it is the rule that is looked at."""

    case_id: int
    first: Reading
    second: Reading


@dataclass(frozen=True, slots=True)
class OfRule:
    """How far people agree on when a rule applies. `cited`: cases in which at least one of two named it."""

    rule_id: str
    cited: int
    both: int
    agreement: Agreement
    differing: tuple[Differing, ...]

    @property
    def is_low(self) -> bool:
        """Whether the rule itself needs work."""
        kappa = self.agreement.beyond_chance
        return self.cited >= ENOUGH and kappa is not None and kappa < LOW


@dataclass(frozen=True, slots=True)
class OfPair:
    """How far two people agree, named in the order of the alphabet."""

    names: tuple[str, str]
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that was read more than once."""

    two: Agreement
    """First and second readings: Cohen's kappa."""
    all: Agreement
    """Also what more than two have read: Krippendorff's alpha."""
    rules: tuple[OfRule, ...]
    pairs: tuple[OfPair, ...]


def overview(session: Session) -> Overview:
    """How far people agree, from the newest 5,000 of each kind."""
    return of(load(session))


def of(readings: Iterable[Reading]) -> Overview:
    """The same of readings. Pure."""
    units: dict[str, list[Reading]] = defaultdict(list)
    for each in readings:
        units[each.unit].append(each)
    twice = [(one[0], one[1]) for one in units.values() if len(one) == 2]
    return Overview(
        cohens_kappa([(first.rating, second.rating) for first, second in twice]),
        krippendorffs_alpha([[each.rating for each in one] for one in units.values()]),
        tuple(_rules(twice)),
        tuple(_pairs(twice)),
    )


def load(session: Session, since: datetime | None = None, until: datetime | None = None) -> list[Reading]:
    """Second opinions, second reviews and golden cases as readings; the first of two comes first. Of those that were
    answered from `since` on, and before `until`.
    """
    span = (since, until)
    return [*_opinions(session, *span), *_reviews(session, *span), *_golden(session, *span)]


def seconded(session: Session, name: str, since: datetime, until: datetime) -> tuple[int, int]:
    """How many of somebody's decisions a second reader answered alike in this time, of how many were read again."""
    twice: dict[str, list[Reading]] = defaultdict(list)
    for each in (*_opinions(session, since, until), *_reviews(session, since, until)):
        twice[each.unit].append(each)
    theirs = [(first, second) for first, second in twice.values() if first.by == name]
    return sum(first.rating == second.rating for first, second in theirs), len(theirs)


def _rules(twice: Sequence[tuple[Reading, Reading]]) -> list[OfRule]:
    """A rule is read by everybody who reads a case: not to name it is an answer, too."""
    named = {each.rule_id for pair in twice for each in pair if each.rule_id}
    found = []
    for rule in sorted(named):
        pairs = [(first.rule_id == rule, second.rule_id == rule) for first, second in twice]
        apart = [
            Differing(first.case_id, first, second)
            for first, second in twice
            if (first.rule_id == rule) is not (second.rule_id == rule)
        ]
        cited, both = sum(a or b for a, b in pairs), sum(a and b for a, b in pairs)
        found.append(OfRule(rule, cited, both, cohens_kappa(pairs), tuple(apart[-SHOWN:])))
    return found


def _pairs(twice: Sequence[tuple[Reading, Reading]]) -> list[OfPair]:
    by_pair: dict[tuple[str, str], list[tuple[Rating, Rating]]] = defaultdict(list)
    for first, second in twice:
        one, other = sorted((first, second), key=lambda each: each.by)
        by_pair[one.by, other.by].append((one.rating, other.rating))
    return [OfPair(names, cohens_kappa(found)) for names, found in sorted(by_pair.items()) if len(found) >= ENOUGH]


def _within(
    column: InstrumentedAttribute[datetime | None], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    bounds = [column >= since] if since is not None else []
    return bounds + ([column < until] if until is not None else [])


def _opinions(session: Session, since: datetime | None, until: datetime | None) -> list[Reading]:
    statement = (
        select(ProposalRow)
        .where(ProposalRow.second_by.is_not(None), ProposalRow.second_by != ProposalRow.by)
        .where(*_within(ProposalRow.second_at, since, until))
        .order_by(ProposalRow.id.desc())
        .limit(MOST)
    )
    found = []
    for row in session.scalars(statement):
        first, second = from_json(row.request), from_json(row.second_request or row.request)
        unit = f"opinion {row.id}"
        found.append(Reading(row.case_id, unit, row.by, OF_ACTION[first.action], first.rule_id))
        found.append(Reading(row.case_id, unit, row.second_by or "", OF_ACTION[second.action], second.rule_id))
    return found


def _reviews(session: Session, since: datetime | None, until: datetime | None) -> list[Reading]:
    answered = (ReviewRow.second_by.is_not(None), _BY_LOT, *_within(ReviewRow.answered_at, since, until))
    statement = select(ReviewRow).where(*answered).order_by(ReviewRow.id.desc()).limit(MOST)
    found = []
    for row in session.scalars(statement):
        if row.second_request is None:
            continue
        unit, second = f"review {row.id}", from_json(row.second_request)
        found.append(Reading(row.case_id, unit, row.first_by, OF_ACTION[row.first_action], row.first_rule))
        found.append(Reading(row.case_id, unit, row.second_by or "", OF_ACTION[second.action], second.rule_id))
    return found


def _golden(session: Session, since: datetime | None, until: datetime | None) -> list[Reading]:
    statement = (
        select(GoldenAnswerRow, GoldenRow.case_id)
        .join(GoldenRow, GoldenRow.id == GoldenAnswerRow.golden_id)
        .where(GoldenAnswerRow.action.is_not(None))
        .where(*_within(GoldenAnswerRow.answered_at, since, until))
        .order_by(GoldenAnswerRow.id.desc())
        .limit(MOST)
    )
    return [
        Reading(case_id, f"golden {row.golden_id}", row.by, OF_ACTION[row.action], row.rule_id)
        for row, case_id in session.execute(statement)
        if row.action is not None
    ]
