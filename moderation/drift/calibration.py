"""How often people agree with what the text model was how sure of, week by week. From decisions that stand.

A calibrated model that is 80 % sure is right four times of five, whichever posts were looked at because of that score:
so what was held by its score can be used as it is, along with the random samples. What members reported can't, since
they know more than the text. The test is of calibration in the large: of n posts the model expects Σ p to be upheld; if
it is right, what people uphold differs from that by more than z √(Σ p (1 - p)) as seldom as z says. There is an alarm
where that happens over the last four weeks, with z for one in a hundred looks at all labels, and where it is a tenth or
more of the posts: a difference that is sure and small is nobody's work.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import Final

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from models.labels import LABELS
from moderation.cases.in_force import ORIGINAL, STANDS, WHOLE
from moderation.cases.tables import CaseRow, CaseSubjectRow, DecisionRow
from moderation.checks.text import NAME
from moderation.quality.agreement import Share, wilson
from moderation.quality.ratings import OF_ACTION, Rating
from moderation.quality.staging import PREFIX
from moderation.values import Action, CaseOrigin, CaseState, Outcome, SubjectKind
from moderation.verdicts.tables import FindingRow, VerdictRow

WEEKS: Final = 26
"""Findings are kept for 190 days."""
JUDGED_WEEKS: Final = 4
LEAST: Final = 20
ALPHA: Final = 0.01
NOTICEABLE: Final = 0.1
RESTRAINED: Final = frozenset((Outcome.LABEL, Outcome.LIMIT, Outcome.REJECT))
BINS: Final = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Answered:
    """A post whose leading label had this score, and whether people restrained it."""

    label: str
    at: date
    score: float
    upheld: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Some posts: what the model expected of them, and what people said."""

    expected: float
    upheld: Share
    variance: float

    @property
    def z(self) -> float:
        """By how many standard errors people uphold more (below 0: less) than expected."""
        return (self.upheld.count - self.expected * self.upheld.of) / math.sqrt(max(self.variance, 1e-9))


@dataclass(frozen=True, slots=True)
class OfLabel:
    """A label: by week (its Monday), by how sure the model was over all weeks, and the last four weeks."""

    label: str
    weeks: tuple[tuple[date, Part], ...]
    bins: tuple[tuple[float, Part], ...]
    lately: Part

    @property
    def is_off(self) -> bool:
        """Whether the last weeks are off by more than chance, and by enough to matter."""
        of = self.lately.upheld.of
        bound = NormalDist().inv_cdf(1 - ALPHA / len(LABELS) / 2)
        return (
            of >= LEAST
            and abs(self.lately.z) > bound
            and abs(self.lately.upheld.value - self.lately.expected) >= NOTICEABLE
        )


@dataclass(frozen=True, slots=True)
class Calibrated:
    """All labels of which people decided anything."""

    labels: tuple[OfLabel, ...]

    @property
    def off(self) -> list[str]:
        """The labels whose scores can't be trusted lately."""
        return [each.label for each in self.labels if each.is_off]


def read(session: Session, now: datetime) -> Calibrated:
    """From the decisions of the last 26 weeks."""
    return of(_answered(session, now), now.date())


def of(answered: Iterable[Answered], today: date) -> Calibrated:
    """The same of answers. Pure."""
    by_label: Mapping[str, list[Answered]] = defaultdict(list)
    for each in answered:
        by_label[each.label].append(each)
    return Calibrated(tuple(_label(label, by_label[label], today) for label in LABELS if label in by_label))


def _label(label: str, answered: Sequence[Answered], today: date) -> OfLabel:
    weeks: dict[date, list[Answered]] = defaultdict(list)
    bins: dict[float, list[Answered]] = defaultdict(list)
    for each in answered:
        weeks[each.at - timedelta(days=each.at.weekday())].append(each)
        bins[max((edge for edge in BINS if edge <= each.score), default=0.0)].append(each)
    since = today - timedelta(weeks=JUDGED_WEEKS)
    return OfLabel(
        label,
        tuple((week, _part(found)) for week, found in sorted(weeks.items())),
        tuple((edge, _part(found)) for edge, found in sorted(bins.items())),
        _part([each for each in answered if each.at > since]),
    )


def _part(answered: Sequence[Answered]) -> Part:
    of = len(answered)
    expected = sum(each.score for each in answered) / of if of else 0.0
    variance = sum(each.score * (1 - each.score) for each in answered)
    return Part(expected, wilson(sum(each.upheld for each in answered), of), variance)


def _answered(session: Session, now: datetime) -> list[Answered]:
    return [
        Answered(label, at.date(), score, _upheld(outcome, action))
        for label, at, score, outcome, action in session.execute(_statement(now - timedelta(weeks=WEEKS)))
        if score is not None
    ]


def _upheld(outcome: Outcome, action: Action) -> bool:
    """To leave alone what a machine restrained is to agree with it."""
    if action is Action.NO_ACTION:
        return outcome in RESTRAINED
    return OF_ACTION[action] is not Rating.KEEP


def _statement(since: datetime) -> Select[str, datetime, float | None, Outcome, Action]:
    """Decisions that stand, on posts that the text model held or that were drawn, with its score on the label that led.

    A wave is one decision about many posts, and says nothing of a score; nor does what is sealed.
    """
    return (
        select(FindingRow.label, DecisionRow.made_at, FindingRow.score, VerdictRow.outcome, DecisionRow.action)
        .join(CaseRow, CaseRow.id == DecisionRow.case_id)
        .join(CaseSubjectRow, (CaseSubjectRow.case_id == CaseRow.id) & (CaseSubjectRow.uri == CaseRow.uri))
        .join(VerdictRow, VerdictRow.id == CaseSubjectRow.verdict_id)
        .join(
            FindingRow,
            (FindingRow.verdict_id == VerdictRow.id) & (FindingRow.check == NAME) & (FindingRow.label == CaseRow.label),
        )
        .where(DecisionRow.made_at > since, ORIGINAL, WHOLE, STANDS, ~VerdictRow.by_person)
        .where(CaseRow.kind == SubjectKind.POST, CaseRow.members == 1, CaseRow.state != CaseState.SEALED)
        .where(or_(CaseRow.origin == CaseOrigin.HOLD, CaseRow.origin == CaseOrigin.AUDIT))
        .where(~CaseRow.uri.startswith(PREFIX), FindingRow.score.is_not(None), FindingRow.score >= BINS[0])
    )
