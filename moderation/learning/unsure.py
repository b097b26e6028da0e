"""Posts that somebody who teaches may be asked about: public ones that machines simply let in, near a label's line.

Never what people have before them already (a case, whatever led to it: random samples are for measuring), never against
a conflict that somebody declared, never what they skip or can't read, and nothing grave once they had their fill of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from models.labels import LABELS
from models.logistic import log_odds
from models.sampling import distances
from moderation.cases.tables import CaseSubjectRow
from moderation.drift import measures
from moderation.learning.labelling import PARENT
from moderation.learning.tables import ExampleRow, LessonRow
from moderation.rows import slices
from moderation.values import Outcome, SubjectKind
from moderation.verdicts.tables import VerdictRow
from moderation.workforce import exposure, records, today
from moderation.workforce.records import Record

Floats = npt.NDArray[np.float64]

FRESH: Final = timedelta(days=3)
"""Older posts aren't asked about: what is written now is what the model must know."""
NEAR: Final = 4.0
"""So far from the line at most, in log-odds: from 0.26 on for a line at 0.95. What is plain teaches little;
2, 4 and 8 are measured in bench/MODELS.md."""
LOOKED_AT: Final = 4000
"""Verdicts, the newest: so that looking takes a bounded time however many posts come."""
MOST: Final = 60
TEXT: Final = "text"
SELF_HARM: Final = "self_harm"
"""For care, not for lessons: nobody is asked about a post because its author may need somebody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that might teach something of a label, and how far its score is from that label's line."""

    uri: str
    author_uri: str
    label: str
    distance: float
    scores: Mapping[str, float]
    model_version: str | None


@dataclass(frozen=True, slots=True)
class Bounds:
    """What somebody may be asked about now.

    `apart`: authors with whom they have to do, themselves among them, of whom moderation can't know; `spared`: labels
    that aren't for them; `lines`: from which score on a post is held, by label.
    """

    record: Record
    apart: Collection[str]
    spared: frozenset[str]
    lines: Mapping[str, float]

    def suit(self, author_uri: str, language: str | None) -> bool:
        """Whether its author is nobody with whom they have to do, and its language one that they read."""
        if author_uri in self.apart or in_conflict(self.record, author_uri):
            return False
        read = self.record.languages
        return not read or language is None or language.split("-")[0].lower() in read

    def spare(self, scores: Mapping[str, float]) -> bool:
        """Whether a post may be what somebody isn't to be given, under whichever other label it would come."""
        return any(
            log_odds(np.array([scores[label]]))[0] > log_odds(np.array([self.lines[label]]))[0] - NEAR
            for label in self.spared
            if label in self.lines and label in scores
        )


def bounds(session: Session, by: str, lines: Mapping[str, float], now: datetime, apart: Collection[str] = ()) -> Bounds:
    """As their record, their day and their rest are now."""
    record = records.of(session, by)
    return Bounds(record, apart, frozenset(_spared(session, record, now)), lines)


def candidates(session: Session, asked: Bounds, now: datetime) -> list[Candidate]:
    """What somebody could be asked about, the least certain first."""
    labels = [label for label in LABELS if label in asked.lines and label not in asked.spared and label != PARENT]
    rows = [row for row in session.scalars(_recent(now)) if _suits(row, asked)]
    if not rows or not labels:
        return []
    away = _away(rows, labels, asked.lines)
    least = away.min(axis=1)
    order = [place for place in np.argsort(least, kind="stable").tolist() if least[place] <= NEAR]
    known = _known(session, asked.record.name, [rows[place].uri for place in order])
    found: list[Candidate] = []
    for place in order:
        row = rows[place]
        if row.uri not in known and len(found) < MOST and not asked.spare(_scores(row)):
            known.add(row.uri)
            found.append(_candidate(row, labels[int(away[place].argmin())], float(least[place])))
    return found


def _candidate(row: VerdictRow, label: str, distance: float) -> Candidate:
    return Candidate(row.uri, row.author_uri, label, distance, _scores(row), row.models.get(TEXT))


def _recent(now: datetime) -> Select[VerdictRow]:
    """What was simply let in, and is the last word on its post."""
    later = aliased(VerdictRow)
    after = select(later.id).where(later.uri == VerdictRow.uri, later.id > VerdictRow.id).exists()
    return (
        select(VerdictRow)
        .where(VerdictRow.made_at > now - FRESH, VerdictRow.kind == SubjectKind.POST, ~VerdictRow.by_person)
        .where(VerdictRow.outcome == Outcome.APPROVE, VerdictRow.facts.is_not(None), ~after)
        .order_by(VerdictRow.id.desc())
        .limit(LOOKED_AT)
    )


def _suits(row: VerdictRow, asked: Bounds) -> bool:
    facts = row.facts or {}
    if measures.TRAITS not in facts:
        return False
    language = facts[measures.TRAITS][2]
    return asked.suit(row.author_uri, None if language == measures.UNSAID else language)


def in_conflict(record: Record, author_uri: str) -> bool:
    """Whether somebody declared that they have to do with this author, their server, or one above it."""
    if author_uri in record.conflict_people.values():
        return True
    domain = (urlsplit(author_uri).hostname or "").lower()
    return any(domain == each or domain.endswith(f".{each}") for each in record.conflict_domains)


def _scores(row: VerdictRow) -> Mapping[str, float]:
    found: Mapping[str, Any] = (row.facts or {}).get("s", {})
    return {label: float(score) for label, score in found.items() if score is not None}


def _away(rows: Sequence[VerdictRow], labels: Sequence[str], lines: Mapping[str, float]) -> Floats:
    """(n, labels): how far each score is from its line; infinitely far where there is none."""
    away = np.full((len(rows), len(labels)), np.inf)
    scores = [_scores(row) for row in rows]
    for column, label in enumerate(labels):
        values = np.array([each.get(label, np.nan) for each in scores], dtype=np.float64)
        there = ~np.isnan(values)
        away[there, column] = distances(values[there], lines[label])
    return away


def _spared(session: Session, record: Record, now: datetime) -> set[str]:
    spared = {SELF_HARM, *record.skips, *today.skipped(session, record.name, now)}
    if record.skills:
        spared.update(label for label in LABELS if label not in record.skills and label != PARENT)
    heavy = exposure.heavy_labels(session)
    most = record.heavy_a_day
    filled = most is not None and exposure.today(session, record.name, heavy, now) >= most
    if filled or exposure.rests_until(session, record.name, now) is not None:
        spared.update(heavy)
    return spared


def _known(session: Session, by: str, uris: Sequence[str]) -> set[str]:
    """Posts about which they were asked, about which people said something, or that came before people in a case."""
    found: set[str] = set()
    for part in slices(uris):
        found.update(session.scalars(select(LessonRow.uri).where(LessonRow.uri.in_(part), LessonRow.by == by)))
        found.update(session.scalars(select(ExampleRow.uri).where(ExampleRow.uri.in_(part))))
        found.update(session.scalars(select(CaseSubjectRow.uri).where(CaseSubjectRow.uri.in_(part))))
    return found
